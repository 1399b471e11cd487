import { Field, ID, InputType, Int } from "type-graphql";
import type { ReplyKind } from "../../src/community/post-rules.ts";
import type { VoteValue } from "../../src/community/vote-actions.ts";
import { ReplyKindEnum, VoteValueEnum } from "./content-enums.ts";

@InputType({ description: "A new reply, answer or comment." })
export class PostCreateInput {
  @Field(() => ID, { description: "The thread it belongs to." })
  threadId!: string;

  @Field(() => ReplyKindEnum, {
    description: "Questions take answers, other threads replies, and all of them comments.",
  })
  kind!: ReplyKind;

  @Field(() => ID, {
    nullable: true,
    description: "The post that a comment is on, or that a reply answers; leave it out for the thread itself.",
  })
  parentId?: string | null;

  @Field(() => String, { description: "Markdown, up to 30,000 characters." })
  body!: string;

  @Field(() => Boolean, {
    defaultValue: false,
    description: "Whether other members do not see the caller's name, where the space allows it; moderators do.",
  })
  anonymous!: boolean;
}

@InputType({ description: "A new text for a post." })
export class PostEditInput {
  @Field(() => ID, { description: "The post." })
  postId!: string;

  @Field(() => Int, { description: "The revision that the editor saw; refused when another one stands." })
  revision!: number;

  @Field(() => String, { description: "Markdown, up to 30,000 characters." })
  body!: string;
}

@InputType({ description: "A post of the caller's own." })
export class PostDeleteInput {
  @Field(() => ID, { description: "The post." })
  postId!: string;
}

@InputType({ description: "A vote on a post." })
export class VoteCastInput {
  @Field(() => ID, { description: "Somebody else's post." })
  postId!: string;

  @Field(() => VoteValueEnum, { description: "For it or against it; takes the place of an earlier vote." })
  value!: VoteValue;
}

@InputType({ description: "Which vote to take back." })
export class VoteRemoveInput {
  @Field(() => ID, { description: "The post that the caller voted on." })
  postId!: string;
}
