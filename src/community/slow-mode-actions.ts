import { moderates, type Viewer } from "../identity/viewer.ts";
import { type Id, isId } from "../kernel/ids.ts";
import { addMs, type Instant, SECOND_MS } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";

/** A space in which the viewer waits between two posts. */
export interface SlowMode extends Record<string, unknown> {
  readonly spaceId: Id;
  readonly seconds: number;
}

/** Waits for the member's other posts under way, where there is anything to wait for. */
const lockSlowMember = (name: string, space: string) =>
  prepared<SlowMode>(
    name,
    `select s.id as "spaceId", s.slow_mode_seconds as seconds
     from spaces s join members m on m.community_id = s.community_id and m.id = $2
     where s.community_id = $1 and s.id = ${space} and s.slow_mode_seconds > 0
       and not exists (
         select from space_moderators sm where sm.community_id = $1 and sm.space_id = s.id and sm.member_id = $2)
     for no key update of m`,
  );
const lockBySpace = lockSlowMember("community_slow_mode_of_space", "$3");
const lockByThread = lockSlowMember(
  "community_slow_mode_of_thread",
  "(select space_id from threads where community_id = $1 and id = $3)",
);

const findLastPost = prepared<{ at: Date }>(
  "community_last_post_in_space",
  `select p.created_at as at from posts p join threads t on t.community_id = $1 and t.id = p.thread_id
   where p.community_id = $1 and p.author_id = $2 and p.created_at > $4 and t.space_id = $3
   order by p.created_at desc limit 1`,
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
 * Refuses a post that comes too soon after the member's last one in the space, whatever became of that one. The caller holds the
 * lock of {@link enterSlowMode}.
 * @throws Refusal `thread.slow-mode` with the seconds still to wait.
 */
export async function assertNotTooSoon(tx: Tx, viewer: Viewer, slowMode: SlowMode | null, now: Instant): Promise<void> {
  if (slowMode === null) return;
  const { spaceId, seconds } = slowMode;
  const waitMs = seconds * SECOND_MS;
  const [last] = await findLastPost(tx, [tx.communityId, viewer.memberId, spaceId, addMs(now, -waitMs)]);
  if (last === undefined) return;
  const retryAfterMs = addMs(last.at, waitMs).getTime() - now.getTime();
  throw new Refusal("thread.slow-mode", { retryAfterSeconds: Math.ceil(retryAfterMs / SECOND_MS) });
}
