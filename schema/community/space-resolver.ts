import { Arg, Args, Authorized, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";
import { createSpace } from "../../src/community/space-actions.ts";
import { listSpaces, spacesById } from "../../src/community/space-queries.ts";
import { assert } from "../../src/kernel/assert.ts";
import { readPageRequest } from "../../src/kernel/pagination.ts";
import { type Context, viewerOf } from "../context.ts";
import { type Connection, PageArgs, toConnection } from "../graphql/connection.ts";
import { mutate } from "../graphql/mutate.ts";
import { readNodeId } from "../graphql/node-id.ts";
import { spaceLoader } from "./community-loaders.ts";
import { SpaceConnection, SpaceCreateInput, SpaceCreatePayload, SpaceNode, toSpaceNode } from "./space-type.ts";

@Resolver()
export class SpaceResolver {
  @Authorized()
  @Query(() => SpaceConnection, { description: "The spaces that the caller may look into, by short name." })
  async spaces(@Args(() => PageArgs) args: PageArgs, @Ctx() ctx: Context): Promise<Connection<SpaceNode>> {
    const request = readPageRequest(args, 1);
    const page = await ctx.read((reader) => listSpaces(reader, viewerOf(ctx), request));
    return toConnection(page, toSpaceNode, (space) => [space.slug]);
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

  @Authorized("operator")
  @Mutation(() => SpaceCreatePayload, { description: "Opens a space for threads. Operators only." })
  spaceCreate(
    @Arg("input", () => SpaceCreateInput) input: SpaceCreateInput,
    @Ctx() ctx: Context,
  ): Promise<SpaceCreatePayload> {
    return mutate(ctx, async (tx, viewer) => {
      const spaceId = await createSpace(tx, viewer, input, ctx.now());
      const [space] = await spacesById(tx, viewer, [spaceId]);
      assert(space, "an operator sees the space they created");
      return { space: toSpaceNode(space) };
    });
  }
}
