import { moderates, type Viewer } from "../identity/viewer.ts";
import { type Id, isId } from "../kernel/ids.ts";
import { addMs, type Instant, SECOND_MS } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";

/** Where the viewer waits between two posts: in a space, in a thread of it, or in both. 0 is for not at all. */
export interface SlowMode extends Record<string, unknown> {
  readonly spaceId: Id;
  readonly seconds: number;
  readonly threadId: Id | null;
  readonly threadSeconds: number;
}

/** Waits for the member's other posts under way, where there is anything to wait for. */
const lockSlowMember = (name: string, thread: string, from: string) =>
  prepared<SlowMode>(
    name,
    `select s.id as "spaceId", s.slow_mode_seconds as seconds, ${thread}
     from ${from} join members m on m.community_id = s.community_id and m.id = $2
     where not exists (
       select from space_moderators sm where sm.community_id = $1 and sm.space_id = s.id and sm.member_id = $2)
     for no key update of m`,
  );
const lockBySpace = lockSlowMember(
  "community_slow_mode_of_space",
  'null::uuid as "threadId", 0 as "threadSeconds"',
  "(select * from spaces where community_id = $1 and id = $3 and slow_mode_seconds > 0) s",
);
const lockByThread = lockSlowMember(
  "community_slow_mode_of_thread",
  't.id as "threadId", t.slow_mode_seconds as "threadSeconds"',
  `(select * from threads where community_id = $1 and id = $3) t
   join spaces s on s.community_id = $1 and s.id = t.space_id and greatest(s.slow_mode_seconds, t.slow_mode_seconds) > 0`,
);

const findLastInSpace = prepared<{ at: Date }>(
  "community_last_post_in_space",
  `select p.created_at as at from posts p join threads t on t.community_id = $1 and t.id = p.thread_id
   where p.community_id = $1 and p.author_id = $2 and p.created_at > $4 and t.space_id = $3
   order by p.created_at desc limit 1`,
);
const findLastInThread = prepared<{ at: Date }>(
  "community_last_post_in_thread",
  `select created_at as at from posts
   where community_id = $1 and author_id = $2 and created_at > $4 and thread_id = $3
   order by created_at desc limit 1`,
);

/**
 * Takes the member's lock if they are about to post where slow mode makes them wait, so that of two posts at once the second sees
 * the first. Call it before the thread is locked. Moderators do not wait.
 */
export async function enterSlowMode(
  tx: Tx,
  viewer: Viewer,
  where: { readonly spaceId: Id } | { readonly threadId: Id },
): Promise<SlowMode | null> {
  if (moderates(viewer)) return null;
  const [lock, id] =
    "spaceId" in where ? ([lockBySpace, where.spaceId] as const) : ([lockByThread, where.threadId] as const);
  const [slowMode] = isId(id) ? await lock(tx, [tx.communityId, viewer.memberId, id]) : [];
  return slowMode ?? null;
}

/**
 * Refuses a post that comes too soon after the member's last one in the space or thread, whatever became of that one. The caller
 * holds the lock of {@link enterSlowMode}.
 * @throws Refusal `thread.slow-mode` with the seconds still to wait.
 */
export async function assertNotTooSoon(tx: Tx, viewer: Viewer, slowMode: SlowMode | null, now: Instant): Promise<void> {
  if (slowMode === null) return;
  const { spaceId, seconds, threadId, threadSeconds } = slowMode;
  const waitsMs = [await waitMs(tx, viewer, findLastInSpace, spaceId, seconds, now)];
  if (threadId !== null) waitsMs.push(await waitMs(tx, viewer, findLastInThread, threadId, threadSeconds, now));
  const longestMs = Math.max(...waitsMs);
  if (longestMs > 0) throw new Refusal("thread.slow-mode", { retryAfterSeconds: Math.ceil(longestMs / SECOND_MS) });
}

async function waitMs(
  tx: Tx,
  viewer: Viewer,
  findLast: typeof findLastInSpace,
  placeId: Id,
  seconds: number,
  now: Instant,
): Promise<number> {
  if (seconds === 0) return 0;
  const [last] = await findLast(tx, [tx.communityId, viewer.memberId, placeId, addMs(now, -seconds * SECOND_MS)]);
  return last === undefined ? 0 : addMs(last.at, seconds * SECOND_MS).getTime() - now.getTime();
}
