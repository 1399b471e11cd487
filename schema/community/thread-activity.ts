import { Arg, Authorized, Ctx, Field, ID, ObjectType, Resolver, Root, Subscription } from "type-graphql";
import { mayReadSpaceOf } from "../../src/content/space-access.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { Refusal } from "../../src/kernel/refusal.ts";
import { type Context, viewerOf } from "../context.ts";
import { nodeId, readNodeId } from "../graphql/node-id.ts";
import { postLoader, threadLoader } from "./community-loaders.ts";
import { PostNode, type PostPayload, toPostNode } from "./post-type.ts";
import { ThreadNode, toThreadNode } from "./thread-type.ts";

@ObjectType({
  description: "Something happened to a post of a thread: it was written, edited, deleted, hidden or restored.",
})
export class ThreadActivity {
  @Field(() => ID, { description: "Global id of the post." })
  postId!: string;

  @Field(() => PostNode, {
    nullable: true,
    description: "The post as it is now; null when the caller no longer sees it.",
  })
  post!: PostNode | null;

  @Field(() => ThreadNode, { nullable: true, description: "Its thread as it is now; null likewise." })
  thread!: ThreadNode | null;
}

@Resolver()
export class ThreadActivityResolver {
  @Authorized()
  @Subscription(() => ThreadActivity, {
    description:
      "What happens to the posts of a thread, as it happens, while the caller may look into its space. Hints may be lost: read the thread again after a gap.",
    subscribe: ({ args, context }) => subscribeToThread(context as Context, args.threadId as string),
  })
  async threadActivity(
    @Root() postId: Id,
    @Arg("threadId", () => ID, { description: "The thread's global id." }) threadId: string,
    @Ctx() ctx: Context,
  ): Promise<ThreadActivity> {
    const thread = await ctx.load(threadLoader, readNodeId("Thread", threadId, "threadId"));
    const post = await ctx.load(postLoader, postId);
    return { postId: nodeId("Post", postId), post: post && toPostNode(post), thread: thread && toThreadNode(thread) };
  }
}

async function subscribeToThread(ctx: Context, globalId: string): Promise<AsyncIterable<Id>> {
  const threadId = readNodeId("Thread", globalId, "threadId");
  const thread = await ctx.load(threadLoader, threadId);
  if (thread === null) throw new Refusal("not-found", { what: "thread", id: threadId }, "threadId");
  return keepReadable(ctx, threadId, ctx.services.pubSub.subscribe(topicOf(ctx, threadId)));
}

/**
 * Leaves out what happens while the viewer may not look into the thread's space: not even that something happened is told. Each hint
 * is asked about when it comes, since a refund or an expiry ends no subscription. Not an async generator function: its `return`
 * would wait for the next hint before it let go of the source.
 */
function keepReadable(ctx: Context, threadId: Id, source: AsyncIterable<Id>): AsyncIterableIterator<Id> {
  const hints = source[Symbol.asyncIterator]();
  const isReadable = () => ctx.read((reader) => mayReadSpaceOf(reader, viewerOf(ctx), threadId, ctx.now()));
  return {
    async next() {
      for (;;) {
        const hint = await hints.next();
        if (hint.done === true || (await isReadable())) return hint;
      }
    },
    async return() {
      await hints.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/**
 * Tells a thread's subscribers of the post that a mutation changed, once it is committed. The answer does not depend on it:
 * whoever misses a hint sees the post when they next read the thread.
 */
export async function announced(ctx: Context, mutation: Promise<PostPayload>): Promise<PostPayload> {
  const payload = await mutation;
  if (payload.post) {
    const { key, threadKey } = payload.post;
    await ctx.services.pubSub.publish(topicOf(ctx, threadKey), key).catch(() => {});
  }
  return payload;
}

function topicOf(ctx: Context, threadId: Id): string {
  return `thread:${viewerOf(ctx).communityId}:${threadId}`;
}
