import { Field, GraphQLISODateTime, ID, InputType, Int, registerEnumType } from "type-graphql";
import type { SplitKind } from "../../src/moderation/thread-rules.ts";

export enum SplitKindEnum {
  DISCUSSION = "discussion",
  QUESTION = "question",
}
registerEnumType(SplitKindEnum, { name: "SplitKind", description: "What a thread that was split off may be." });

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

@InputType({ description: "Two threads to make one of." })
export class ThreadMergeInput {
  @Field(() => ID, { description: "The later thread, whose posts move." })
  threadId!: string;

  @Field(() => ID, { description: "The earlier thread, which takes them." })
  intoThreadId!: string;

  @Field(() => String, REASON)
  reason!: string;
}

@InputType({ description: "Posts to make a thread of." })
export class ThreadSplitInput {
  @Field(() => ID, { description: "The thread that they are in." })
  threadId!: string;

  @Field(() => [ID], {
    description: "Up to 100 posts; all that hangs on them comes along, and the oldest opens the thread.",
  })
  postIds!: string[];

  @Field(() => ID, { nullable: true, description: "Where the new thread goes; the same space by default." })
  spaceId?: string | null;

  @Field(() => SplitKindEnum, { description: "A discussion or a question." })
  kind!: SplitKind;

  @Field(() => String, { description: "2 to 200 characters of plain text." })
  title!: string;

  @Field(() => [String], { defaultValue: [], description: "Up to five of up to 35 characters." })
  tags!: string[];

  @Field(() => String, REASON)
  reason!: string;
}
