import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import {
  addSpaceModerator,
  createSpace,
  removeSpaceModerator,
  updateSpace,
} from "../../src/community/space-actions.ts";
import { listSpaces, spacesById } from "../../src/community/space-queries.ts";
import { assert } from "../../src/kernel/assert.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { readPageRequest } from "../../src/kernel/pagination.ts";
import type { Tx } from "../../src/platform/database/database.ts";
import { type Context, viewerOf } from "../context.ts";
import { type Connection, PageArgs, toConnection } from "../graphql/connection.ts";
import { mutate } from "../graphql/mutate.ts";
import { readNodeId } from "../graphql/node-id.ts";
import { MemberNode, toMemberNode } from "../identity/member-type.ts";
import { spaceAccessLoader, spaceLoader, spaceModeratorsLoader } from "./community-loaders.ts";
import { readRules, SpaceCreateInput, SpaceModeratorInput, SpacePayload, SpaceUpdateInput } from "./space-inputs.ts";
import {
  SpaceAccessNode,
  SpaceConnection,
  SpaceNode,
  SpaceRulesNode,
  toSpaceAccess,
  toSpaceNode,
  toSpaceRules,
} from "./space-type.ts";

@Resolver(() => SpaceNode)
export class SpaceResolver {
  @Authorized()
  @Query(() => SpaceConnection, { description: "The spaces that the caller may look into, by short name." })
  async spaces(@Args(() => PageArgs) args: PageArgs, @Ctx() ctx: Context): Promise<Connection<SpaceNode>> {
    const request = readPageRequest(args, 1, "space");
    const page = await ctx.read((reader) => listSpaces(reader, viewerOf(ctx), request, ctx.now()));
    return toConnection(page, toSpaceNode, (space) => [space.slug], "space");
  }

  @Authorized()
  @Query(() => SpaceNode, { nullable: true, description: "A space; null when there is none that the caller sees." })
  async space(
    @Arg("id", () => ID, { description: "The space's global id." }) id: string,
    @Ctx() ctx: Context,
  ): Promise<SpaceNode | null> {
    const space = await ctx.load(spaceLoader, readNodeId("Space", id, "id"));
    return space && toSpaceNode(space);
  }

  @FieldResolver(() => SpaceRulesNode, {
    nullable: true,
    description: "What it asks of members; null when the caller may no longer look in.",
  })
  async rules(@Root() space: SpaceNode, @Ctx() ctx: Context): Promise<SpaceRulesNode | null> {
    const found = await ctx.load(spaceLoader, space.key);
    return found && toSpaceRules(found);
  }

  @FieldResolver(() => SpaceAccessNode, {
    nullable: true,
    description: "What the caller may do here; null when they may no longer look in.",
  })
  async myAccess(@Root() space: SpaceNode, @Ctx() ctx: Context): Promise<SpaceAccessNode | null> {
    const access = await ctx.load(spaceAccessLoader, space.key);
    return access && toSpaceAccess(access);
  }

  @FieldResolver(() => [MemberNode], { description: "Who moderates this space without moderating everywhere." })
  async moderators(@Root() space: SpaceNode, @Ctx() ctx: Context): Promise<MemberNode[]> {
    const moderators = await ctx.load(spaceModeratorsLoader, space.key);
    return moderators.map((member) => toMemberNode(member));
  }

  @Authorized("operator")
  @Mutation(() => SpacePayload, { description: "Opens a space for threads. Operators only." })
  spaceCreate(
    @Arg("input", () => SpaceCreateInput) input: SpaceCreateInput,
    @Ctx() ctx: Context,
  ): Promise<SpacePayload> {
    return mutate(ctx, async (tx, viewer) => {
      const { slug, name, kind } = input;
      const spaceId = await createSpace(tx, viewer, { slug, name, kind, ...readRules(input) }, ctx.now());
      return { space: await spaceInPayload(ctx, tx, spaceId) };
    });
  }

  @Authorized("operator")
  @Mutation(() => SpacePayload, {
    description: "Changes a space and who may read and post there, at once for everybody. Operators only.",
  })
  spaceUpdate(
    @Arg("input", () => SpaceUpdateInput) input: SpaceUpdateInput,
    @Ctx() ctx: Context,
  ): Promise<SpacePayload> {
    return mutate(ctx, async (tx, viewer) => {
      const spaceId = readNodeId("Space", input.spaceId, "spaceId");
      const named = input.name == null ? {} : { name: input.name };
      const archived = input.archived == null ? {} : { archived: input.archived };
      await updateSpace(tx, viewer, { spaceId, ...readRules(input), ...named, ...archived }, ctx.now());
      return { space: await spaceInPayload(ctx, tx, spaceId) };
    });
  }

  @Authorized("operator")
  @Mutation(() => SpacePayload, { description: "Makes a member moderate this space. Operators only." })
  spaceModeratorAdd(
    @Arg("input", () => SpaceModeratorInput) input: SpaceModeratorInput,
    @Ctx() ctx: Context,
  ): Promise<SpacePayload> {
    return mutate(ctx, async (tx, viewer) => {
      const moderation = readModeration(input);
      await addSpaceModerator(tx, viewer, moderation, ctx.now());
      return { space: await spaceInPayload(ctx, tx, moderation.spaceId) };
    });
  }

  @Authorized("operator")
  @Mutation(() => SpacePayload, { description: "Makes a member no longer moderate this space. Operators only." })
  spaceModeratorRemove(
    @Arg("input", () => SpaceModeratorInput) input: SpaceModeratorInput,
    @Ctx() ctx: Context,
  ): Promise<SpacePayload> {
    return mutate(ctx, async (tx, viewer) => {
      const moderation = readModeration(input);
      await removeSpaceModerator(tx, viewer, moderation);
      return { space: await spaceInPayload(ctx, tx, moderation.spaceId) };
    });
  }
}

function readModeration(input: SpaceModeratorInput): { spaceId: Id; memberId: Id } {
  return {
    spaceId: readNodeId("Space", input.spaceId, "spaceId"),
    memberId: readNodeId("Member", input.memberId, "memberId"),
  };
}

async function spaceInPayload(ctx: Context, tx: Tx, spaceId: Id): Promise<SpaceNode> {
  const [space] = await spacesById(tx, viewerOf(ctx), [spaceId], ctx.now());
  assert(space, "an operator sees every space");
  return toSpaceNode(space);
}
