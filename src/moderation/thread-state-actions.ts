import { and, eq, sql } from "drizzle-orm";
import { spaces, threads } from "../../drizzle/tables/community.ts";
import { lockThread, type Thread } from "../content/content-locks.ts";
import type { Viewer } from "../identity/viewer.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Tx } from "../platform/database/database.ts";
import { emit } from "../platform/outbox/emit.ts";
import { recordThreadAction } from "./audit-actions.ts";
import { assertModerates, readReason } from "./moderation-rules.ts";
import { assertThreadSlowMode, PINS_MAX, readPinEnd } from "./thread-rules.ts";

/** What a moderator does to a thread, and why. */
export interface ThreadDecision {
  readonly threadId: Id;
  readonly reason: string;
}

/**
 * Locks a thread, so that only moderators post in it and its poll takes no more ballots, or unlocks it. Again changes nothing.
 * @throws Refusal `not-allowed`, `not-found`, or `input.invalid` for an empty reason.
 */
export async function setThreadLocked(
  tx: Tx,
  viewer: Viewer,
  input: ThreadDecision & { readonly locked: boolean },
  now: Instant,
): Promise<void> {
  const { locked } = input;
  const reason = readReason(input.reason);
  const thread = await lockThread(tx, viewer, input.threadId, now);
  assertModerates(thread, "lock threads");
  if (thread.locked === locked) return;
  await setThread(tx, thread, { lockedAt: locked ? now : null });
  const type = locked ? "thread.locked" : "thread.unlocked";
  const actionId = await recordThreadAction(tx, viewer, thread, { action: type, reason }, now);
  await emit(tx, { type, actionId, moderatorId: viewer.memberId, threadId: thread.id }, now);
}

/**
 * Pins a thread in its space, until a time or for good; of a pinned thread it changes until when.
 * @throws Refusal `thread.pins-full`, `thread.closed` for a thread that members do not see, `not-allowed`, `not-found`, or
 *   `input.invalid` for a time that is over.
 */
export async function pinThread(
  tx: Tx,
  viewer: Viewer,
  input: ThreadDecision & { readonly until: Instant | null },
  now: Instant,
): Promise<void> {
  const reason = readReason(input.reason);
  const until = readPinEnd(input.until, now);
  const thread = await lockThread(tx, viewer, input.threadId, now);
  assertModerates(thread, "pin threads");
  if (thread.state !== "visible") throw new Refusal("thread.closed", { threadId: thread.id });
  await assertRoomForPin(tx, thread, now);
  await setThread(tx, thread, { pinnedAt: now, pinnedUntil: until });
  const details = { until: until?.toISOString() ?? null };
  const actionId = await recordThreadAction(tx, viewer, thread, { action: "thread.pinned", reason, details }, now);
  await emit(tx, { type: "thread.pinned", actionId, moderatorId: viewer.memberId, threadId: thread.id }, now);
}

/** Unpins a thread; one that is not pinned is left as it is. @throws Refusal `not-allowed`, `not-found`. */
export async function unpinThread(tx: Tx, viewer: Viewer, input: ThreadDecision, now: Instant): Promise<void> {
  const reason = readReason(input.reason);
  const thread = await lockThread(tx, viewer, input.threadId, now);
  assertModerates(thread, "pin threads");
  const unpinned = await tx.sql
    .update(threads)
    .set({ pinnedAt: null, pinnedUntil: null })
    .where(and(ofThread(tx, thread), sql`${threads.pinnedAt} is not null`))
    .returning({ id: threads.id });
  if (unpinned.length === 0) return;
  const actionId = await recordThreadAction(tx, viewer, thread, { action: "thread.unpinned", reason }, now);
  await emit(tx, { type: "thread.unpinned", actionId, moderatorId: viewer.memberId, threadId: thread.id }, now);
}

/**
 * Makes members wait between two posts in a thread, beside what its space asks of them; 0 ends it.
 * @throws Refusal `not-allowed`, `not-found`, or `input.invalid` naming the field `seconds`.
 */
export async function setThreadSlowMode(
  tx: Tx,
  viewer: Viewer,
  input: ThreadDecision & { readonly seconds: number },
  now: Instant,
): Promise<void> {
  const reason = readReason(input.reason);
  const { seconds } = input;
  assertThreadSlowMode(seconds);
  const thread = await lockThread(tx, viewer, input.threadId, now);
  assertModerates(thread, "slow threads down");
  const changed = await tx.sql
    .update(threads)
    .set({ slowModeSeconds: seconds })
    .where(and(ofThread(tx, thread), sql`${threads.slowModeSeconds} <> ${seconds}`))
    .returning({ id: threads.id });
  if (changed.length === 0) return;
  await recordThreadAction(tx, viewer, thread, { action: "thread.slowed", reason, details: { seconds } }, now);
}

/** Counts the space's other pins under its lock, which nobody takes before a thread's. */
async function assertRoomForPin(tx: Tx, thread: Thread, now: Instant): Promise<void> {
  const { communityId } = tx;
  await tx.sql
    .select({ id: spaces.id })
    .from(spaces)
    .where(and(eq(spaces.communityId, communityId), eq(spaces.id, thread.spaceId)))
    .for("no key update");
  const others = await tx.sql.$count(
    threads,
    sql`${threads.communityId} = ${communityId} and ${threads.spaceId} = ${thread.spaceId} and ${threads.id} <> ${thread.id}
      and ${threads.pinnedAt} is not null and coalesce(${threads.pinnedUntil} > ${now.toISOString()}::timestamptz, true)`,
  );
  if (others >= PINS_MAX) throw new Refusal("thread.pins-full", { spaceId: thread.spaceId, max: PINS_MAX });
}

async function setThread(tx: Tx, thread: Thread, changes: Partial<typeof threads.$inferInsert>): Promise<void> {
  await tx.sql.update(threads).set(changes).where(ofThread(tx, thread));
}

function ofThread(tx: Tx, thread: Thread) {
  return and(eq(threads.communityId, tx.communityId), eq(threads.id, thread.id));
}
