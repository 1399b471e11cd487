import { Arg, Args, Authorized, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from "type-graphql";
import { deleteDraft, saveDraft } from "../../src/community/draft-actions.ts";
import { type Draft, draftKey, draftsById, draftsByPlace, listDrafts } from "../../src/community/draft-queries.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { readPageRequest } from "../../src/kernel/pagination.ts";
import { type Context, viewerOf } from "../context.ts";
import { type Connection, PageArgs, toConnection } from "../graphql/connection.ts";
import { defineLoader, inOrder } from "../graphql/loader.ts";
import { mutate } from "../graphql/mutate.ts";
import { readNodeId } from "../graphql/node-id.ts";
import {
  DraftConnection,
  DraftDeleteInput,
  DraftNode,
  DraftPayload,
  DraftSaveInput,
  readDraft,
  toDraftNode,
} from "./draft-type.ts";
import { ThreadNode } from "./thread-type.ts";

/** Null for what is not the viewer's own. */
export const draftLoader = defineLoader<Id, Draft | null>(async (reader, ids, viewer) =>
  inOrder(ids, await draftsById(reader, viewer, ids), (draft) => draft.id),
);

const draftOfPlaceLoader = defineLoader<Id, Draft | null>(async (reader, ids, viewer) =>
  inOrder(ids, await draftsByPlace(reader, viewer, ids), (draft) => draft.placeId),
);

@Resolver(() => ThreadNode)
export class DraftResolver {
  @Authorized()
  @Query(() => DraftConnection, { description: "What the caller has begun to write, the latest saved first." })
  async drafts(@Args(() => PageArgs) args: PageArgs, @Ctx() ctx: Context): Promise<Connection<DraftNode>> {
    const request = readPageRequest(args, 2, "draft");
    const page = await ctx.read((reader) => listDrafts(reader, viewerOf(ctx), request));
    return toConnection(page, toDraftNode, draftKey, "draft");
  }

  @FieldResolver(() => DraftNode, { nullable: true, description: "What the caller has begun to reply." })
  async myDraft(@Root() thread: ThreadNode, @Ctx() ctx: Context): Promise<DraftNode | null> {
    const draft = await ctx.load(draftOfPlaceLoader, thread.key);
    return draft && toDraftNode(draft);
  }

  @Authorized()
  @Mutation(() => DraftPayload, {
    description: "Keeps what the caller has written so far, one draft a place, for 90 days after it was last saved.",
  })
  draftSave(@Arg("input", () => DraftSaveInput) input: DraftSaveInput, @Ctx() ctx: Context): Promise<DraftPayload> {
    return mutate(ctx, async (tx, viewer) => {
      const { draftId } = await saveDraft(tx, viewer, readDraft(input), ctx.now());
      const [draft] = await draftsById(tx, viewer, [draftId]);
      return { draft: draft && toDraftNode(draft) };
    });
  }

  @Authorized()
  @Mutation(() => DraftPayload, {
    description: "Deletes a draft. Send it with the mutation that posts it, after that one: they are done in order.",
  })
  draftDelete(
    @Arg("input", () => DraftDeleteInput) input: DraftDeleteInput,
    @Ctx() ctx: Context,
  ): Promise<DraftPayload> {
    return mutate(ctx, async (tx, viewer) => {
      await deleteDraft(tx, viewer, { draftId: readNodeId("Draft", input.draftId, "draftId") });
      return { draft: null };
    });
  }
}
