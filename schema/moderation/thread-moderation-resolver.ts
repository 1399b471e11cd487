import { Arg, Authorized, Ctx, Mutation, Resolver } from "type-graphql";
import { composeText } from "../../src/community/post-text-queries.ts";
import { readThread } from "../../src/community/thread-rules.ts";
import type { Viewer } from "../../src/identity/viewer.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { amendPost } from "../../src/moderation/amendment-actions.ts";
import { removePost } from "../../src/moderation/removal-actions.ts";
import { mergeThreads, splitThread } from "../../src/moderation/thread-merge-actions.ts";
import { moveThread } from "../../src/moderation/thread-move-actions.ts";
import {
  pinThread,
  setThreadLocked,
  setThreadSlowMode,
  unpinThread,
} from "../../src/moderation/thread-state-actions.ts";
import type { Tx } from "../../src/platform/database/database.ts";
import { postInPayload, threadInPayload } from "../community/community-loaders.ts";
import { PostPayload } from "../community/post-type.ts";
import { announced } from "../community/thread-activity.ts";
import { ThreadPayload } from "../community/thread-type.ts";
import type { Context } from "../context.ts";
import { mutate } from "../graphql/mutate.ts";
import { readNodeId } from "../graphql/node-id.ts";
import { PostModerateInput } from "./report-type.ts";
import {
  PostAmendInput,
  ThreadMergeInput,
  ThreadModerateInput,
  ThreadMoveInput,
  ThreadPinInput,
  ThreadSlowModeInput,
  ThreadSplitInput,
} from "./thread-moderation-types.ts";

@Resolver()
export class ThreadModerationResolver {
  @Authorized()
  @Mutation(() => ThreadPayload, {
    description: "Locks a thread: only moderators post in it, and its poll takes no more ballots. Its moderators only.",
  })
  threadLock(
    @Arg("input", () => ThreadModerateInput) input: ThreadModerateInput,
    @Ctx() ctx: Context,
  ): Promise<ThreadPayload> {
    return moderateThread(ctx, input, (tx, viewer, threadId) =>
      setThreadLocked(tx, viewer, { ...input, threadId, locked: true }, ctx.now()),
    );
  }

  @Authorized()
  @Mutation(() => ThreadPayload, { description: "Lets members post in a thread again. Its moderators only." })
  threadUnlock(
    @Arg("input", () => ThreadModerateInput) input: ThreadModerateInput,
    @Ctx() ctx: Context,
  ): Promise<ThreadPayload> {
    return moderateThread(ctx, input, (tx, viewer, threadId) =>
      setThreadLocked(tx, viewer, { ...input, threadId, locked: false }, ctx.now()),
    );
  }

  @Authorized()
  @Mutation(() => ThreadPayload, { description: "Pins a thread in its space, five at most. Its moderators only." })
  threadPin(@Arg("input", () => ThreadPinInput) input: ThreadPinInput, @Ctx() ctx: Context): Promise<ThreadPayload> {
    return moderateThread(ctx, input, (tx, viewer, threadId) =>
      pinThread(tx, viewer, { ...input, threadId, until: input.until ?? null }, ctx.now()),
    );
  }

  @Authorized()
  @Mutation(() => ThreadPayload, { description: "Unpins a thread. Its moderators only." })
  threadUnpin(
    @Arg("input", () => ThreadModerateInput) input: ThreadModerateInput,
    @Ctx() ctx: Context,
  ): Promise<ThreadPayload> {
    return moderateThread(ctx, input, (tx, viewer, threadId) =>
      unpinThread(tx, viewer, { ...input, threadId }, ctx.now()),
    );
  }

  @Authorized()
  @Mutation(() => ThreadPayload, { description: "Makes members wait between two posts. Its moderators only." })
  threadSlowModeSet(
    @Arg("input", () => ThreadSlowModeInput) input: ThreadSlowModeInput,
    @Ctx() ctx: Context,
  ): Promise<ThreadPayload> {
    return moderateThread(ctx, input, (tx, viewer, threadId) =>
      setThreadSlowMode(tx, viewer, { ...input, threadId }, ctx.now()),
    );
  }

  @Authorized()
  @Mutation(() => ThreadPayload, {
    description: "Moves a thread to another space, where others may read it. For who moderates both.",
  })
  threadMove(@Arg("input", () => ThreadMoveInput) input: ThreadMoveInput, @Ctx() ctx: Context): Promise<ThreadPayload> {
    return moderateThread(ctx, input, (tx, viewer, threadId) => {
      const spaceId = readNodeId("Space", input.spaceId, "spaceId");
      return moveThread(tx, viewer, { ...input, threadId, spaceId }, ctx.now());
    });
  }

  @Authorized()
  @Mutation(() => ThreadPayload, {
    description: "Merges a thread into an earlier one, and returns that one. For who moderates both.",
  })
  threadMerge(
    @Arg("input", () => ThreadMergeInput) input: ThreadMergeInput,
    @Ctx() ctx: Context,
  ): Promise<ThreadPayload> {
    return mutate(ctx, async (tx, viewer) => {
      const threadId = readNodeId("Thread", input.threadId, "threadId");
      const intoThreadId = readNodeId("Thread", input.intoThreadId, "intoThreadId");
      await mergeThreads(tx, viewer, { ...input, threadId, intoThreadId }, ctx.now());
      return { thread: await threadInPayload(ctx, tx, intoThreadId) };
    });
  }

  @Authorized()
  @Mutation(() => ThreadPayload, {
    description: "Makes a thread of posts of another, and returns the new one. For who moderates both spaces.",
  })
  threadSplit(
    @Arg("input", () => ThreadSplitInput) input: ThreadSplitInput,
    @Ctx() ctx: Context,
  ): Promise<ThreadPayload> {
    return mutate(ctx, async (tx, viewer) => {
      const fromId = readNodeId("Thread", input.threadId, "threadId");
      const postIds = input.postIds.map((id) => readNodeId("Post", id, "postIds"));
      const spaceId = input.spaceId == null ? null : readNodeId("Space", input.spaceId, "spaceId");
      const named = { ...input, ...readThread(input), threadId: fromId, postIds, spaceId };
      const { threadId } = await splitThread(tx, viewer, named, ctx.now());
      return { thread: await threadInPayload(ctx, tx, threadId) };
    });
  }

  @Authorized()
  @Mutation(() => PostPayload, {
    description: "Changes what somebody's post says, with a reason that its readers see. Its moderators only.",
  })
  postAmend(@Arg("input", () => PostAmendInput) input: PostAmendInput, @Ctx() ctx: Context): Promise<PostPayload> {
    return announced(
      ctx,
      mutate(ctx, async (tx, viewer) => {
        const postId = readNodeId("Post", input.postId, "postId");
        const text = await composeText(tx, viewer, input.body, ctx.now());
        await amendPost(tx, viewer, { ...input, postId, text }, ctx.now());
        return { post: await postInPayload(ctx, tx, postId) };
      }),
    );
  }

  @Authorized()
  @Mutation(() => PostPayload, {
    description:
      "Deletes somebody's post and leaves a gap where it was; upholds the open reports of it. Its moderators only.",
  })
  postRemove(
    @Arg("input", () => PostModerateInput) input: PostModerateInput,
    @Ctx() ctx: Context,
  ): Promise<PostPayload> {
    return announced(
      ctx,
      mutate(ctx, async (tx, viewer) => {
        const postId = readNodeId("Post", input.postId, "postId");
        await removePost(tx, viewer, { ...input, postId }, ctx.now());
        return { post: await postInPayload(ctx, tx, postId) };
      }),
    );
  }
}

function moderateThread(
  ctx: Context,
  input: { readonly threadId: string },
  act: (tx: Tx, viewer: Viewer, threadId: Id) => Promise<unknown>,
): Promise<ThreadPayload> {
  return mutate(ctx, async (tx, viewer) => {
    const threadId = readNodeId("Thread", input.threadId, "threadId");
    await act(tx, viewer, threadId);
    return { thread: await threadInPayload(ctx, tx, threadId) };
  });
}
