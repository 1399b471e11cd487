import { and, eq, inArray, isNull } from "drizzle-orm";
import { notifications } from "../../drizzle/tables/nudges.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Tx } from "../platform/database/database.ts";
import { type Notification, notificationsById } from "./notification-queries.ts";

const NOTIFICATIONS_PER_MARK_MAX = 100;

/**
 * Marks notices of a member's inbox as read: all of them, or none. When it was first read stays. Returns them in the order asked for.
 * @throws Refusal `not-found` naming the one that is not in the inbox, or `input.invalid` for none or too many.
 */
export async function markNotificationsRead(
  tx: Tx,
  input: { readonly memberId: Id; readonly notificationIds: readonly Id[] },
  now: Instant,
): Promise<Notification[]> {
  const { memberId, notificationIds } = input;
  if (notificationIds.length === 0 || notificationIds.length > NOTIFICATIONS_PER_MARK_MAX) {
    const reason = `name 1 to ${NOTIFICATIONS_PER_MARK_MAX} notifications`;
    throw new Refusal("input.invalid", { reason }, "notificationIds");
  }
  await tx.sql
    .update(notifications)
    .set({ readAt: now })
    .where(
      and(
        eq(notifications.communityId, tx.communityId),
        eq(notifications.memberId, memberId),
        inArray(notifications.id, [...notificationIds]),
        isNull(notifications.readAt),
      ),
    );
  const inbox = new Map((await notificationsById(tx, memberId, notificationIds)).map((row) => [row.id, row]));
  return notificationIds.map((id, position) => {
    const found = inbox.get(id);
    if (found === undefined)
      throw new Refusal("not-found", { what: "notification", id }, `notificationIds.${position}`);
    return found;
  });
}
