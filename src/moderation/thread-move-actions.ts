import { and, eq } from "drizzle-orm";
import { threads } from "../../drizzle/tables/community.ts";
import { lockThread } from "../content/content-locks.ts";
import { spaceAccessById } from "../content/space-access.ts";
import type { Viewer } from "../identity/viewer.ts";
import { type Id, isId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Tx } from "../platform/database/database.ts";
import { emit } from "../platform/outbox/emit.ts";
import { recordThreadAction } from "./audit-actions.ts";
import { assertModerates, readReason } from "./moderation-rules.ts";
import type { ThreadDecision } from "./thread-state-actions.ts";

/**
 * Moves a thread to another space, where others may read it than before; it is no longer pinned then. For who moderates both
 * spaces. To where it is changes nothing.
 * @throws Refusal `not-allowed`, `space.posting-restricted` for an archived space, `not-found`.
 */
export async function moveThread(
  tx: Tx,
  viewer: Viewer,
  input: ThreadDecision & { readonly spaceId: Id },
  now: Instant,
): Promise<void> {
  const reason = readReason(input.reason);
  const { spaceId: toSpaceId } = input;
  const thread = await lockThread(tx, viewer, input.threadId, now);
  assertModerates(thread, "move threads");
  await assertModeratesSpace(tx, viewer, toSpaceId, "move threads", now);
  const { spaceId: fromSpaceId } = thread;
  if (fromSpaceId === toSpaceId) return;
  await tx.sql
    .update(threads)
    .set({ spaceId: toSpaceId, pinnedAt: null, pinnedUntil: null })
    .where(and(eq(threads.communityId, tx.communityId), eq(threads.id, thread.id)));
  const details = { fromSpaceId, toSpaceId };
  const actionId = await recordThreadAction(tx, viewer, thread, { action: "thread.moved", reason, details }, now);
  const told = { actionId, moderatorId: viewer.memberId, threadId: thread.id };
  await emit(tx, { type: "thread.moved", ...told, ...details }, now);
}

/** @throws Refusal `not-found` for a space that the viewer may not look into, `not-allowed`, `space.posting-restricted`. */
export async function assertModeratesSpace(
  tx: Tx,
  viewer: Viewer,
  spaceId: Id,
  what: string,
  now: Instant,
): Promise<void> {
  const access = isId(spaceId) ? (await spaceAccessById(tx, viewer, [spaceId], now)).get(spaceId) : undefined;
  if (access === undefined) throw new Refusal("not-found", { what: "space", id: spaceId }, "spaceId");
  if (!access.moderates) throw new Refusal("not-allowed", { what }, "spaceId");
  if (!access.posts) throw new Refusal("space.posting-restricted", { spaceId }, "spaceId");
}
