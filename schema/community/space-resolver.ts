import { Arg, Args, Authorized, Ctx, Mutation, Query, Resolver } from "type-graphql";
import { createSpace } from "../../src/community/space-actions.ts";
import { listSpaces, spacesById } from "../../src/community/space-queries.ts";
import { assert } from "../../src/kernel/assert.ts";
import { readPageRequest } from "../../src/kernel/pagination.ts";
import { type Context, viewerOf } from "../context.ts";
import { type Connection, PageArgs, toConnection } from "../graphql/connection.ts";
import { mutate } from "../graphql/mutate.ts";
import { SpaceConnection, SpaceCreateInput, SpaceCreatePayload, type SpaceNode, toSpaceNode } from "./space-type.ts";

@Resolver()
export class SpaceResolver {
  @Authorized()
  @Query(() => SpaceConnection, { description: "The spaces that the caller may look into, by short name." })
  async spaces(@Args(() => PageArgs) args: PageArgs, @Ctx() ctx: Context): Promise<Connection<SpaceNode>> {
    const request = readPageRequest(args, 1);
    const page = await ctx.read((reader) => listSpaces(reader, viewerOf(ctx), request));
    return toConnection(page, toSpaceNode, (space) => [space.slug]);
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
