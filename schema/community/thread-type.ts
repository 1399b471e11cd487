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
import { PollInput } from "./poll-type.ts";
import { SpaceNode, toSpaceNode } from "./space-type.ts";

@ObjectType({ description: "A thread's latest reply, as lists show it." })
export class LastReply {
  @Field(() => ID, { description: "Global id of the post." })
  postId!: string;

  @Field(() => PostKindEnum, { description: "Whether it is a reply, an answer or a comment." })
  kind!: PostKind;

  @Field(() => GraphQLISODateTime, { description: "When it was written." })
  createdAt!: Date;

  @Field(() => MemberNode, { nullable: true, description: "Who wrote it; null where the caller may not know." })
  author!: MemberNode | null;

  @Field(() => Int, {
    nullable: true,
    description: "The number of an author without a name; see Post.anonymousNumber.",
  })
  anonymousNumber!: number | null;
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

  @Field(() => MemberNode, { nullable: true, description: "Who started it; null where the caller may not know." })
  author!: MemberNode | null;

  @Field(() => Int, {
    nullable: true,
    description: "The number of an author without a name; see Post.anonymousNumber.",
  })
  anonymousNumber!: number | null;

  @Field(() => ThreadKindEnum, { description: "How it began." })
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

  @Field(() => Boolean, { description: "Whether only moderators may post in it." })
  locked!: boolean;

  @Field(() => Boolean, { description: "Whether it is pinned in its space." })
  pinned!: boolean;

  @Field(() => GraphQLISODateTime, { nullable: true, description: "Until when it is pinned; null for no end." })
  pinnedUntil!: Date | null;

  @Field(() => Int, {
    description: "How long a member waits between two posts in it, beside what the space asks; 0 for not at all.",
  })
  slowModeSeconds!: number;

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
  node.author = thread.author && toAuthorNode(thread.author);
  node.anonymousNumber = thread.anonymousNumber;
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
  node.locked = thread.locked;
  node.pinned = thread.pinned;
  node.pinnedUntil = thread.pinnedUntil;
  node.slowModeSeconds = thread.slowModeSeconds;
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
  const { id, kind, createdAt, author, anonymousNumber } = reply;
  return { postId: nodeId("Post", id), kind, createdAt, author: author && toAuthorNode(author), anonymousNumber };
}

export const ThreadConnection = connectionType("Thread", () => ThreadNode);

@ArgsType()
export class ThreadsArgs extends PageArgs {
  @Field(() => ID, { nullable: true, description: "Only the threads of this space." })
  spaceId?: string | null;
}

@InputType({ description: "A new discussion or question, or a moderator's announcement." })
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

  @Field(() => PollInput, { nullable: true, description: "What a poll asks; for the kind POLL, and for no other." })
  poll?: PollInput | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description: "Whether other members do not see the caller's name, where the space allows it; moderators do.",
  })
  anonymous!: boolean;
}

@ObjectType({ description: "A thread after what was done to it." })
export class ThreadPayload implements Payload {
  @Field(() => ThreadNode, { nullable: true, description: "The thread; null when refused, or no longer seen." })
  thread?: ThreadNode | null;

  @Field(() => [UserError], { description: "Why it was refused; empty when it was done." })
  userErrors!: UserError[];
}

@ObjectType({ description: "The thread that was started." })
export class ThreadCreatePayload implements Payload {
  @Field(() => ThreadNode, { nullable: true, description: "The thread; null when refused, or no longer seen." })
  thread?: ThreadNode | null;

  @Field(() => [UserError], { description: "Why it was refused; empty when it was done." })
  userErrors!: UserError[];
}
