import { Field, GraphQLISODateTime, ID, InputType, Int } from "type-graphql";

const REASON = { description: "Why, up to 1,000 characters; kept in the audit log." };

@InputType({ description: "A moderator's decision on a thread." })
export class ThreadModerateInput {
  @Field(() => ID, { description: "The thread." })
  threadId!: string;

  @Field(() => String, REASON)
  reason!: string;
}

@InputType({ description: "A thread to pin in its space." })
export class ThreadPinInput {
  @Field(() => ID, { description: "The thread." })
  threadId!: string;

  @Field(() => GraphQLISODateTime, { nullable: true, description: "Until when; leave it out for no end." })
  until?: Date | null;

  @Field(() => String, REASON)
  reason!: string;
}

@InputType({ description: "How long members wait between two posts in a thread." })
export class ThreadSlowModeInput {
  @Field(() => ID, { description: "The thread." })
  threadId!: string;

  @Field(() => Int, { description: "0 for not at all, up to a week." })
  seconds!: number;

  @Field(() => String, REASON)
  reason!: string;
}

@InputType({ description: "Where a thread goes." })
export class ThreadMoveInput {
  @Field(() => ID, { description: "The thread." })
  threadId!: string;

  @Field(() => ID, { description: "A space that the caller moderates too." })
  spaceId!: string;

  @Field(() => String, REASON)
  reason!: string;
}

@InputType({ description: "A moderator's new text for somebody's post." })
export class PostAmendInput {
  @Field(() => ID, { description: "The post." })
  postId!: string;

  @Field(() => Int, { description: "The revision that the moderator saw; refused when another one stands." })
  revision!: number;

  @Field(() => String, { description: "Markdown, up to 30,000 characters." })
  body!: string;

  @Field(() => String, { description: "Why, up to 1,000 characters; its readers see it beside the revision." })
  reason!: string;
}
