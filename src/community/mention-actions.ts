import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import { emitAll } from "../platform/outbox/emit.ts";

/** The post that mentions somebody. */
export interface Mentioning {
  readonly postId: Id;
  readonly threadId: Id;
  readonly authorId: Id;
  readonly anonymous?: true;
}

/** Tells of each member who is mentioned now and was not before; nobody is told of what they wrote themselves. */
export async function tellMentioned(
  tx: Tx,
  memberIds: readonly Id[],
  mentioning: Mentioning,
  now: Instant,
): Promise<void> {
  const others = memberIds.filter((memberId) => memberId !== mentioning.authorId);
  await emitAll(
    tx,
    others.map((memberId) => ({ type: "member.mentioned" as const, memberId, ...mentioning })),
    now,
  );
}
