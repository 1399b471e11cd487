import { Ctx, FieldResolver, Int, Resolver, Root } from "type-graphql";
import type { Context } from "../context.ts";
import { pinnedThreadsLoader, threadCountLoader } from "./community-loaders.ts";
import { SpaceNode } from "./space-type.ts";
import { ThreadNode, toThreadNode } from "./thread-type.ts";

/** What a space tells of its threads. */
@Resolver(() => SpaceNode)
export class SpaceThreadsResolver {
  @FieldResolver(() => [ThreadNode], {
    description: "Its pinned threads, the latest pinned first: five at most. They are in the feed as well.",
  })
  async pinnedThreads(@Root() space: SpaceNode, @Ctx() ctx: Context): Promise<ThreadNode[]> {
    return (await ctx.load(pinnedThreadsLoader, space.key)).map(toThreadNode);
  }

  @FieldResolver(() => Int, { description: "How many visible threads it has, counted as of now." })
  threadCount(@Root() space: SpaceNode, @Ctx() ctx: Context): Promise<number> {
    return ctx.load(threadCountLoader, space.key);
  }
}
