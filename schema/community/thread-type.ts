import { ArgsType, Field, GraphQLISODateTime, ID, InputType, Int, ObjectType } from "type-graphql";
import type { ContentState } from "../../drizzle/tables/community.ts";
import type { Author, ReplySummary, ThreadView } from "../../src/community/thread-view.ts";
import type { PostKind, ThreadKind } from "../../src/kernel/domain-events.ts";
import { levelOf } from "../../src/rewards/level-rules.ts";
import { UserError } from "../errors/user-error.ts";
import { connectionType, PageArgs } from "../graphql/connection.ts";
import type { Payload } from "../graphql/mutate.ts";
import { Node } from "../graphql/node.ts";
import { nodeId } from "../graphql/node-id.ts";
import { MemberNode, toMemberNode } from "../identity/member-type.ts";
import { ContentStateEnum, PostKindEnum, ThreadKindEnum, VoteValueEnum } from "./content-enums.ts";
import { SpaceNode, toSpaceNode } from "./space-type.ts";

@ObjectType({ description: "A thread's latest reply, as lists show it." })
export class LastReply {
  @Field(() => ID, { description: "Global id of the post." })
  postId!: string;

  @Field(() => PostKindEnum, { description: "Whether it is a reply, an answer or a comment." })
  kind!: PostKind;

  @Field(() => GraphQLISODateTime, { description: "When it was written." })
  createdAt!: Date;

  @Field(() => MemberNode, { description: "Who wrote it." })
  author!: MemberNode;
}

/** Always whole: each comes from `ThreadView`, in lists as in payloads, so that none of these fields needs a resolver. */
@ObjectType("Thread", {
  implements: Node,
  description: "A discussion or a question, with what lists and pages show of it.",
})
export class ThreadNode {
  @Field(() => ID, { description: "Global id." })
  id!: string;

  @Field(() => SpaceNode, { description: "Where it is." })
  space!: SpaceNode;

  @Field(() => MemberNode, { description: "Who started it." })
  author!: MemberNode;

  @Field(() => ThreadKindEnum, { description: "A discussion or a question." })
  kind!: ThreadKind;

  @Field(() => String, { description: "Plain text." })
  title!: string;

  @Field(() => [String], { description: "Up to five, in lower case." })
  tags!: readonly string[];

  @Field(() => ContentStateEnum, { description: "Whether members see it." })
  state!: ContentState;

  @Field(() => GraphQLISODateTime, { description: "When it was started." })
  createdAt!: Date;

  @Field(() => GraphQLISODateTime, { description: "When the latest reply came, or the thread itself." })
  lastActivityAt!: Date;

  @Field(() => Int, { description: "The opening post's votes for it, less those against." })
  score!: number;

  @Field(() => VoteValueEnum, { nullable: true, description: "The caller's vote on the opening post." })
  myVote!: 1 | -1 | null;

  @Field(() => Int, { description: "Visible replies, answers and comments." })
  replyCount!: number;

  @Field(() => LastReply, { nullable: true, description: "The latest visible reply, answer or comment." })
  lastReply!: LastReply | null;

  @Field(() => Boolean, { description: "Whether a visible answer is accepted." })
  answered!: boolean;

  /** The thread's own id and its posts', for field resolvers. */
  key!: string;
  openingPostKey!: string;
  acceptedPostKey!: string | null;
}

/** Presents a thread. */
export function toThreadNode(thread: ThreadView): ThreadNode {
  const node = new ThreadNode();
  node.id = nodeId("Thread", thread.id);
  node.space = toSpaceNode(thread.space);
  node.author = toAuthorNode(thread.author);
  node.kind = thread.kind;
  node.title = thread.title;
  node.tags = thread.tags;
  node.state = thread.state;
  node.createdAt = thread.createdAt;
  node.lastActivityAt = thread.lastActivityAt;
  node.score = thread.score;
  node.myVote = thread.myVote;
  node.replyCount = thread.replyCount;
  node.lastReply = thread.lastReply && toLastReply(thread.lastReply);
  node.answered = thread.acceptedPostId !== null;
  node.key = thread.id;
  node.openingPostKey = thread.openingPostId;
  node.acceptedPostKey = thread.acceptedPostId;
  return node;
}

/** Presents whoever wrote something, with the points that came along. */
export function toAuthorNode(author: Author): MemberNode {
  const { experience } = author;
  return toMemberNode(author, { experience, level: levelOf(experience).level });
}

function toLastReply(reply: ReplySummary): LastReply {
  const { id, kind, createdAt, author } = reply;
  return { postId: nodeId("Post", id), kind, createdAt, author: toAuthorNode(author) };
}

export const ThreadConnection = connectionType("Thread", () => ThreadNode);

@ArgsType()
export class ThreadsArgs extends PageArgs {
  @Field(() => ID, { nullable: true, description: "Only the threads of this space." })
  spaceId?: string | null;
}

@InputType({ description: "A new discussion or question." })
export class ThreadCreateInput {
  @Field(() => ID, { description: "Where to start it." })
  spaceId!: string;

  @Field(() => ThreadKindEnum, { description: "A discussion or a question." })
  kind!: ThreadKind;

  @Field(() => String, { description: "2 to 200 characters of plain text." })
  title!: string;

  @Field(() => String, { description: "Markdown, up to 30,000 characters." })
  body!: string;

  @Field(() => [String], {
    defaultValue: [],
    description: "Up to five of up to 35 characters; case and spacing are normalised.",
  })
  tags!: string[];
}

@ObjectType({ description: "The thread that was started." })
export class ThreadCreatePayload implements Payload {
  @Field(() => ThreadNode, { nullable: true, description: "The thread; null when refused, or no longer seen." })
  thread?: ThreadNode | null;

  @Field(() => [UserError], { description: "Why it was refused; empty when it was done." })
  userErrors!: UserError[];
}
