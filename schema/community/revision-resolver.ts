import { Arg, Args, Authorized, Ctx, ID, Int, Query, Resolver } from "type-graphql";
import { diffRevisions, listRevisions, revisionKey } from "../../src/community/revision-queries.ts";
import { readPageRequest } from "../../src/kernel/pagination.ts";
import { type Context, viewerOf } from "../context.ts";
import { type Connection, PageArgs, toConnection } from "../graphql/connection.ts";
import { readNodeId } from "../graphql/node-id.ts";
import { PostDiff, type PostRevision, PostRevisionConnection, toRevisionNode } from "./revision-type.ts";

@Resolver()
export class RevisionResolver {
  @Authorized()
  @Query(() => PostRevisionConnection, {
    description: "What a post has said, the first revision first and the one that stands last.",
  })
  async postRevisions(
    @Arg("postId", () => ID, { description: "The post's global id." }) postId: string,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() ctx: Context,
  ): Promise<Connection<PostRevision>> {
    const request = readPageRequest(args, 1, "revision");
    const id = readNodeId("Post", postId, "postId");
    const page = await ctx.read((reader) => listRevisions(reader, viewerOf(ctx), id, request, ctx.now()));
    return toConnection(page, toRevisionNode, revisionKey, "revision");
  }

  @Authorized()
  @Query(() => PostDiff, {
    nullable: true,
    description: "What changed between two revisions of a post; null when there are no such revisions for the caller.",
  })
  async postDiff(
    @Arg("postId", () => ID, { description: "The post's global id." }) postId: string,
    @Arg("from", () => Int, { description: "The revision to start from." }) from: number,
    @Arg("to", () => Int, { description: "The revision to lead to." }) to: number,
    @Ctx() ctx: Context,
  ): Promise<PostDiff | null> {
    const asked = { postId: readNodeId("Post", postId, "postId"), from, to };
    const parts = await ctx.read((reader) => diffRevisions(reader, viewerOf(ctx), asked, ctx.now()));
    return parts && Object.assign(new PostDiff(), { from, to, parts });
  }
}
