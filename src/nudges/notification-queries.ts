import { and, asc, desc, eq, inArray, isNull, sql } from "drizzle-orm";
import { notifications } from "../../drizzle/tables/nudges.ts";
import type { Id } from "../kernel/ids.ts";
import { type Page, type PageRequest, readTimeKey, timeKeyParts, toPage } from "../kernel/pagination.ts";
import type { Reader } from "../platform/database/database.ts";

export type Notification = typeof notifications.$inferSelect;

/** A member's inbox, newest first; cursors are {@link notificationKey}. */
export async function notificationPage(
  reader: Reader,
  memberId: Id,
  filter: { readonly unread: boolean },
  request: PageRequest,
): Promise<Page<Notification>> {
  const key = readTimeKey(request);
  const forward = request.direction === "forward";
  const position = sql`(${notifications.createdAt}, ${notifications.id})`;
  const beyond =
    key === null
      ? undefined
      : sql`${position} ${sql.raw(forward ? "<" : ">")} (${key.at.toISOString()}::timestamptz, ${key.id}::uuid)`;
  const direction = forward ? desc : asc;
  const rows = await reader.sql
    .select()
    .from(notifications)
    .where(and(ofMember(reader, memberId), filter.unread ? isNull(notifications.readAt) : undefined, beyond))
    .orderBy(direction(notifications.createdAt), direction(notifications.id))
    .limit(request.size + 1);
  return toPage(rows, request);
}

/** Where a notice stands in {@link notificationPage}. */
export function notificationKey(notification: Notification): readonly [string, string] {
  return timeKeyParts(notification.createdAt, notification.id);
}

/** The notices among `ids` that are in `memberId`'s inbox, in no order. */
export async function notificationsById(reader: Reader, memberId: Id, ids: readonly Id[]): Promise<Notification[]> {
  return reader.sql
    .select()
    .from(notifications)
    .where(and(ofMember(reader, memberId), inArray(notifications.id, [...ids])));
}

/** How many notices a member has not read. */
export async function unreadNotifications(reader: Reader, memberId: Id): Promise<number> {
  return reader.sql.$count(notifications, and(ofMember(reader, memberId), isNull(notifications.readAt)));
}

function ofMember(reader: Reader, memberId: Id) {
  return and(eq(notifications.communityId, reader.communityId), eq(notifications.memberId, memberId));
}
