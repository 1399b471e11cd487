import { type PollView, pollsByThread } from "../../src/community/poll-queries.ts";
import { listPosts, listReplies, type PostView, postsById } from "../../src/community/post-queries.ts";
import { type Space, spaceModeratorsBySpace, spacesById } from "../../src/community/space-queries.ts";
import { countThreadsBySpace, listPinned, mergedInto, threadsById } from "../../src/community/thread-feed-queries.ts";
import type { ThreadView } from "../../src/community/thread-view.ts";
import { type SpaceAccess, spaceAccessById } from "../../src/content/space-access.ts";
import type { Member } from "../../src/identity/member-queries.ts";
import type { Id } from "../../src/kernel/ids.ts";
import type { Page, PageRequest } from "../../src/kernel/pagination.ts";
import type { Tx } from "../../src/platform/database/database.ts";
import { type Context, viewerOf } from "../context.ts";
import { defineLoader, inOrder } from "../graphql/loader.ts";
import { type PostNode, toPostNode } from "./post-type.ts";
import { type ThreadNode, toThreadNode } from "./thread-type.ts";

/** Null for what the viewer may not see. */
export const threadLoader = defineLoader<Id, ThreadView | null>(async (reader, ids, viewer, now) =>
  inOrder(ids, await threadsById(reader, viewer, ids, now), (thread) => thread.id),
);

/** Null for what the viewer may not see. */
export const postLoader = defineLoader<Id, PostView | null>(async (reader, ids, viewer, now) =>
  inOrder(ids, await postsById(reader, viewer, ids, now), (post) => post.id),
);

/** Null for what the viewer may not look into. */
export const spaceLoader = defineLoader<Id, Space | null>(async (reader, ids, viewer, now) =>
  inOrder(ids, await spacesById(reader, viewer, ids, now), (space) => space.id),
);

/** Null for a space that the viewer may not look into. */
export const spaceAccessLoader = defineLoader<Id, SpaceAccess | null>(async (reader, ids, viewer, now) => {
  const access = await spaceAccessById(reader, viewer, ids, now);
  return ids.map((id) => access.get(id) ?? null);
});

export const spaceModeratorsLoader = defineLoader<Id, Member[]>((reader, ids) => spaceModeratorsBySpace(reader, ids));

/** A page of what belongs to a thread or a post. */
interface PostsKey {
  readonly ownerId: Id;
  readonly request: PageRequest;
}

/** One statement for all threads, or posts, that are asked for the same page, as those of one list are. */
const postsLoader = (list: typeof listPosts) =>
  defineLoader<PostsKey, Page<PostView>>(
    async (reader, keys, viewer, now) => {
      const pages = new Map<PostsKey, Page<PostView>>();
      for (const group of groupedByRequest(keys)) {
        const ownerIds = group.map(({ ownerId }) => ownerId);
        const listed = await list(reader, viewer, ownerIds, group[0]!.request, now);
        for (const [position, key] of group.entries()) pages.set(key, listed[position]!);
      }
      return keys.map((key) => pages.get(key)!);
    },
    (key) => JSON.stringify(key),
  );

export const threadPostsLoader = postsLoader(listPosts);

export const repliesLoader = postsLoader(listReplies);

function groupedByRequest(keys: readonly PostsKey[]): Iterable<PostsKey[]> {
  const groups = new Map<string, PostsKey[]>();
  for (const key of keys) {
    const request = JSON.stringify(key.request);
    groups.set(request, [...(groups.get(request) ?? []), key]);
  }
  return groups.values();
}

/** A thread as a mutation left it, for its payload. Null when what let the viewer see it has ended in that moment. */
export async function threadInPayload(ctx: Context, tx: Tx, threadId: Id): Promise<ThreadNode | null> {
  const [thread] = await threadsById(tx, viewerOf(ctx), [threadId], ctx.now());
  return thread === undefined ? null : toThreadNode(thread);
}

/** A post as a mutation left it, for its payload. Null likewise. */
export async function postInPayload(ctx: Context, tx: Tx, postId: Id): Promise<PostNode | null> {
  const [post] = await postsById(tx, viewerOf(ctx), [postId], ctx.now());
  return post === undefined ? null : toPostNode(post);
}

/** Null for a thread without a poll, or one that the viewer may not see. */
export const pollLoader = defineLoader<Id, PollView | null>(async (reader, ids, viewer, now) =>
  inOrder(ids, await pollsByThread(reader, viewer, ids, now), (poll) => poll.threadId),
);

export const pinnedThreadsLoader = defineLoader<Id, ThreadView[]>((reader, ids, viewer, now) =>
  listPinned(reader, viewer, ids, now),
);

export const threadCountLoader = defineLoader<Id, number>((reader, ids, viewer, now) =>
  countThreadsBySpace(reader, viewer, ids, now),
);

const mergedIntoLoader = defineLoader<Id, Id | null>(async (reader, ids) => {
  const into = await mergedInto(reader, ids);
  return ids.map((id) => into.get(id) ?? null);
});

/** A thread, or the one that took its posts, so that old addresses lead on; null for what the viewer may not see. */
export async function threadOrWhereItWent(ctx: Context, threadId: Id): Promise<ThreadView | null> {
  const thread = await ctx.load(threadLoader, threadId);
  if (thread?.state === "visible") return thread;
  const intoId = await ctx.load(mergedIntoLoader, threadId);
  return intoId === null ? thread : ctx.load(threadLoader, intoId);
}
