import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import { postKey } from "../../src/community/post-queries.ts";
import { createThread } from "../../src/community/thread-actions.ts";
import { feedKey, listThreads } from "../../src/community/thread-feed-queries.ts";
import { readPageRequest } from "../../src/kernel/pagination.ts";
import { type Context, viewerOf } from "../context.ts";
import { type Connection, PageArgs, toConnection } from "../graphql/connection.ts";
import { mutate } from "../graphql/mutate.ts";
import { readNodeId } from "../graphql/node-id.ts";
import { postLoader, threadInPayload, threadOrWhereItWent, threadPostsLoader } from "./community-loaders.ts";
import { readPollInput } from "./poll-type.ts";
import { PostConnection, PostNode, toPostNode } from "./post-type.ts";
import {
  ThreadConnection,
  ThreadCreateInput,
  ThreadCreatePayload,
  ThreadNode,
  ThreadsArgs,
  toThreadNode,
} from "./thread-type.ts";

@Resolver(() => ThreadNode)
export class ThreadResolver {
  @Authorized()
  @Query(() => ThreadConnection, {
    description: "The visible threads of the community or of one space, by latest activity, newest first.",
  })
  async threads(@Args(() => ThreadsArgs) args: ThreadsArgs, @Ctx() ctx: Context): Promise<Connection<ThreadNode>> {
    const request = readPageRequest(args, 2, "thread");
    const spaceId = args.spaceId == null ? null : readNodeId("Space", args.spaceId, "spaceId");
    const page = await ctx.read((reader) => listThreads(reader, viewerOf(ctx), spaceId, request, ctx.now()));
    return toConnection(page, toThreadNode, feedKey, "thread");
  }

  @Authorized()
  @Query(() => ThreadNode, {
    nullable: true,
    description:
      "A thread; null when there is none that the caller sees. For one that was merged, the thread that took its posts.",
  })
  async thread(
    @Arg("id", () => ID, { description: "The thread's global id." }) id: string,
    @Ctx() ctx: Context,
  ): Promise<ThreadNode | null> {
    const thread = await threadOrWhereItWent(ctx, readNodeId("Thread", id, "id"));
    return thread && toThreadNode(thread);
  }

  @FieldResolver(() => PostConnection, { description: "Its posts in the order they were written, the opening first." })
  async posts(
    @Root() thread: ThreadNode,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() ctx: Context,
  ): Promise<Connection<PostNode>> {
    const request = readPageRequest(args, 2, "post");
    const page = await ctx.load(threadPostsLoader, { ownerId: thread.key, request });
    return toConnection(page, toPostNode, postKey, "post");
  }

  @FieldResolver(() => PostNode, { nullable: true, description: "The post that began it." })
  async openingPost(@Root() thread: ThreadNode, @Ctx() ctx: Context): Promise<PostNode | null> {
    const post = await ctx.load(postLoader, thread.openingPostKey);
    return post && toPostNode(post);
  }

  @FieldResolver(() => PostNode, { nullable: true, description: "The answer that the asker accepted." })
  async acceptedAnswer(@Root() thread: ThreadNode, @Ctx() ctx: Context): Promise<PostNode | null> {
    const post = thread.acceptedPostKey && (await ctx.load(postLoader, thread.acceptedPostKey));
    return post ? toPostNode(post) : null;
  }

  @Authorized()
  @Mutation(() => ThreadCreatePayload, {
    description: "Starts a thread: a discussion, a question, a poll, or a moderator's announcement.",
  })
  threadCreate(
    @Arg("input", () => ThreadCreateInput) input: ThreadCreateInput,
    @Ctx() ctx: Context,
  ): Promise<ThreadCreatePayload> {
    return mutate(ctx, async (tx, viewer) => {
      const spaceId = readNodeId("Space", input.spaceId, "spaceId");
      const { threadId } = await createThread(
        tx,
        viewer,
        { ...input, spaceId, poll: readPollInput(input.poll) },
        ctx.now(),
      );
      return { thread: await threadInPayload(ctx, tx, threadId) };
    });
  }
}
