import { Field, GraphQLISODateTime, Int, ObjectType, registerEnumType } from "type-graphql";
import type { DiffPart } from "../../src/community/diff-rules.ts";
import type { RevisionView } from "../../src/community/revision-queries.ts";
import { connectionType } from "../graphql/connection.ts";
import { MemberNode } from "../identity/member-type.ts";
import { toAuthorNode } from "./thread-type.ts";

export enum DiffOpEnum {
  SAME = "same",
  REMOVED = "removed",
  ADDED = "added",
}
registerEnumType(DiffOpEnum, {
  name: "DiffOp",
  description: "Whether a stretch of text is in both revisions, in the earlier only, or in the later only.",
});

@ObjectType({ description: "What a post said at one time." })
export class PostRevision {
  @Field(() => Int, { description: "From 1." })
  revision!: number;

  @Field(() => String, { description: "In Markdown." })
  bodyMarkdown!: string;

  @Field(() => MemberNode, { nullable: true, description: "Who wrote it so; null where the caller may not know." })
  editor!: MemberNode | null;

  @Field(() => String, { nullable: true, description: "Why a moderator changed it; null for its author." })
  reason!: string | null;

  @Field(() => GraphQLISODateTime, { description: "When it was written so." })
  createdAt!: Date;
}

/** Presents a revision. */
export function toRevisionNode(view: RevisionView): PostRevision {
  return Object.assign(new PostRevision(), { ...view, editor: view.editor && toAuthorNode(view.editor) });
}

export const PostRevisionConnection = connectionType("PostRevision", () => PostRevision);

@ObjectType({ description: "A stretch of text." })
class DiffPartNode {
  @Field(() => DiffOpEnum, { description: "In which of the two it is." })
  op!: DiffPart["op"];

  @Field(() => String, { description: "Markdown; never empty." })
  text!: string;
}

@ObjectType({
  description:
    "The way from one revision to another: what is SAME or REMOVED makes up the first, what is SAME or ADDED the second.",
})
export class PostDiff {
  @Field(() => Int, { description: "The revision it starts from." })
  from!: number;

  @Field(() => Int, { description: "The revision it leads to." })
  to!: number;

  @Field(() => [DiffPartNode], { description: "In the order of the text." })
  parts!: readonly DiffPart[];
}
