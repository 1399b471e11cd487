import { Field, GraphQLISODateTime, ID, InputType, Int, ObjectType } from "type-graphql";
import type { DraftPlace, DraftSaving } from "../../src/community/draft-actions.ts";
import type { Draft } from "../../src/community/draft-queries.ts";
import type { ThreadKind } from "../../src/kernel/domain-events.ts";
import { Refusal } from "../../src/kernel/refusal.ts";
import { UserError } from "../errors/user-error.ts";
import { connectionType } from "../graphql/connection.ts";
import type { Payload } from "../graphql/mutate.ts";
import { Node } from "../graphql/node.ts";
import { nodeId, readNodeId } from "../graphql/node-id.ts";
import { ThreadKindEnum } from "./content-enums.ts";

@ObjectType("Draft", { implements: Node, description: "What the caller has begun to write. Nobody else sees it." })
export class DraftNode {
  @Field(() => ID, { description: "Global id." })
  id!: string;

  @Field(() => ID, { nullable: true, description: "The space of a new thread." })
  spaceId!: string | null;

  @Field(() => ID, { nullable: true, description: "The thread of a new post." })
  threadId!: string | null;

  @Field(() => ID, { nullable: true, description: "The post of a new text." })
  postId!: string | null;

  @Field(() => ThreadKindEnum, { nullable: true, description: "The kind of a new thread, once chosen." })
  threadKind!: ThreadKind | null;

  @Field(() => String, { description: "The title of a new thread; may be empty." })
  title!: string;

  @Field(() => String, { description: "Markdown, as it was left; may be empty." })
  body!: string;

  @Field(() => [String], { description: "The tags of a new thread, as they were left." })
  tags!: readonly string[];

  @Field(() => ID, { nullable: true, description: "The post that a new post replies to or comments on." })
  parentId!: string | null;

  @Field(() => Int, { description: "From 1; saving names the revision that it goes back to." })
  revision!: number;

  @Field(() => GraphQLISODateTime, { description: "When it was last saved; after 90 days it is forgotten." })
  updatedAt!: Date;
}

/** Presents a draft. */
export function toDraftNode(draft: Draft): DraftNode {
  const node = new DraftNode();
  node.id = nodeId("Draft", draft.id);
  node.spaceId = draft.placeKind === "thread" ? nodeId("Space", draft.placeId) : null;
  node.threadId = draft.placeKind === "post" ? nodeId("Thread", draft.placeId) : null;
  node.postId = draft.placeKind === "edit" ? nodeId("Post", draft.placeId) : null;
  node.threadKind = draft.threadKind;
  node.title = draft.title;
  node.body = draft.body;
  node.tags = draft.tags;
  node.parentId = draft.parentId && nodeId("Post", draft.parentId);
  node.revision = draft.revision;
  node.updatedAt = draft.updatedAt;
  return node;
}

export const DraftConnection = connectionType("Draft", () => DraftNode);

@InputType({ description: "Where a draft will go: exactly one of these." })
export class DraftPlaceInput {
  @Field(() => ID, { nullable: true, description: "A space, for a new thread." })
  spaceId?: string | null;

  @Field(() => ID, { nullable: true, description: "A thread, for a new post in it." })
  threadId?: string | null;

  @Field(() => ID, { nullable: true, description: "A post, for a new text." })
  postId?: string | null;
}

@InputType({ description: "What has been written so far." })
export class DraftSaveInput {
  @Field(() => DraftPlaceInput, { description: "Where it will go; each place has one draft." })
  place!: DraftPlaceInput;

  @Field(() => Int, { description: "The revision that the form goes back to; 0 for a new draft." })
  revision!: number;

  @Field(() => ThreadKindEnum, { nullable: true, description: "The kind of a new thread." })
  threadKind?: ThreadKind | null;

  @Field(() => String, { defaultValue: "", description: "Up to 400 characters." })
  title!: string;

  @Field(() => String, { defaultValue: "", description: "Up to 30,000 characters." })
  body!: string;

  @Field(() => [String], { defaultValue: [], description: "Up to 20 of up to 100 characters." })
  tags!: string[];

  @Field(() => ID, { nullable: true, description: "The post that a new post replies to or comments on." })
  parentId?: string | null;
}

/** Reads what came in. @throws Refusal `input.invalid` naming the field at fault. */
export function readDraft(input: DraftSaveInput): DraftSaving {
  return {
    ...input,
    place: readPlace(input.place),
    threadKind: input.threadKind ?? null,
    parentId: input.parentId == null ? null : readNodeId("Post", input.parentId, "parentId"),
  };
}

/** @throws Refusal `input.invalid` unless exactly one place is named. */
function readPlace({ spaceId, threadId, postId }: DraftPlaceInput): DraftPlace {
  const named = [spaceId, threadId, postId].filter((id) => id != null);
  if (named.length !== 1) throw new Refusal("input.invalid", { reason: "name one place" }, "place");
  if (spaceId != null) return { kind: "thread", id: readNodeId("Space", spaceId, "place.spaceId") };
  if (threadId != null) return { kind: "post", id: readNodeId("Thread", threadId, "place.threadId") };
  return { kind: "edit", id: readNodeId("Post", postId!, "place.postId") };
}

@InputType({ description: "Which draft to delete." })
export class DraftDeleteInput {
  @Field(() => ID, { description: "A draft of the caller's own; one that is gone already is no error." })
  draftId!: string;
}

@ObjectType({ description: "A draft after it was saved." })
export class DraftPayload implements Payload {
  @Field(() => DraftNode, { nullable: true, description: "The draft; null when refused, or deleted." })
  draft?: DraftNode | null;

  @Field(() => [UserError], { description: "Why it was refused; empty when it was done." })
  userErrors!: UserError[];
}
