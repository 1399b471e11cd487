import { Field, GraphQLISODateTime, ID, Int, ObjectType } from "type-graphql";
import type { ContentState } from "../../drizzle/tables/community.ts";
import type { PostView } from "../../src/community/post-queries.ts";
import type { PostKind } from "../../src/kernel/domain-events.ts";
import { UserError } from "../errors/user-error.ts";
import { connectionType } from "../graphql/connection.ts";
import type { Payload } from "../graphql/mutate.ts";
import { Node } from "../graphql/node.ts";
import { nodeId } from "../graphql/node-id.ts";
import { MemberNode } from "../identity/member-type.ts";
import { ContentStateEnum, PostKindEnum, VoteValueEnum } from "./content-enums.ts";
import { toAuthorNode } from "./thread-type.ts";

/** Always whole, like `ThreadNode`. */
@ObjectType("Post", { implements: Node, description: "What somebody wrote in a thread." })
export class PostNode {
  @Field(() => ID, { description: "Global id." })
  id!: string;

  @Field(() => MemberNode, {
    nullable: true,
    description:
      "Who wrote it; null for a deleted post, and for one without a name unless the caller wrote it or moderates.",
  })
  author!: MemberNode | null;

  @Field(() => Int, {
    nullable: true,
    description:
      "Set when it was posted without a name: the number that its author has in this thread, the same for all that they post so.",
  })
  anonymousNumber!: number | null;

  @Field(() => PostKindEnum, { description: "What it is to its thread." })
  kind!: PostKind;

  @Field(() => ID, { nullable: true, description: "Global id of the post it comments on or replies to." })
  parentId!: string | null;

  @Field(() => String, { description: "As it was written, in Markdown; empty once it is deleted, like the HTML." })
  bodyMarkdown!: string;

  @Field(() => String, { description: "As it is shown: rendered and sanitised, safe to put into a page." })
  bodyHtml!: string;

  @Field(() => Int, { description: "From 1; edits, reports and moderation name the revision they saw." })
  revision!: number;

  @Field(() => ContentStateEnum, { description: "Whether members see it." })
  state!: ContentState;

  @Field(() => Int, { description: "Votes for it, less those against." })
  score!: number;

  @Field(() => VoteValueEnum, { nullable: true, description: "The caller's vote." })
  myVote!: 1 | -1 | null;

  @Field(() => Boolean, { description: "Whether it is its question's accepted answer." })
  accepted!: boolean;

  @Field(() => GraphQLISODateTime, { description: "When it was written." })
  createdAt!: Date;

  @Field(() => GraphQLISODateTime, { nullable: true, description: "When it was last edited." })
  editedAt!: Date | null;

  /** The post's own id and its thread's, for field resolvers. */
  key!: string;
  threadKey!: string;
}

/** Presents a post. */
export function toPostNode(post: PostView): PostNode {
  const node = new PostNode();
  node.id = nodeId("Post", post.id);
  node.author = post.author && toAuthorNode(post.author);
  node.anonymousNumber = post.anonymousNumber;
  node.kind = post.kind;
  node.parentId = post.parentId && nodeId("Post", post.parentId);
  node.bodyMarkdown = post.bodyMarkdown;
  node.bodyHtml = post.bodyHtml;
  node.revision = post.revision;
  node.state = post.state;
  node.score = post.score;
  node.myVote = post.myVote;
  node.accepted = post.accepted;
  node.createdAt = post.createdAt;
  node.editedAt = post.editedAt;
  node.key = post.id;
  node.threadKey = post.threadId;
  return node;
}

export const PostConnection = connectionType("Post", () => PostNode);

@ObjectType({ description: "A post after what was done to it." })
export class PostPayload implements Payload {
  @Field(() => PostNode, {
    nullable: true,
    description: "The post as the caller sees it now; null when refused, or no longer seen.",
  })
  post?: PostNode | null;

  @Field(() => [UserError], { description: "Why it was refused; empty when it was done." })
  userErrors!: UserError[];
}
