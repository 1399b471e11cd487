import { foreignKey, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { members } from "./identity.ts";
import { instant, tenantColumn, tenantPolicy } from "./tenancy.ts";

/**
 * Where members were before the zone that `members` names: each row is a zone and the instant its days ended. Who never moved has
 * none. An instant lies in the zone that ended next after it; see {@link zoneAt}.
 */
export const pastTimeZones = pgTable(
  "past_time_zones",
  {
    communityId: tenantColumn(),
    memberId: uuid().notNull(),
    /** A midnight of `timeZone`, at which the next zone's days begin. */
    until: instant().notNull(),
    timeZone: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.memberId, t.until] }),
    foreignKey({ columns: [t.communityId, t.memberId], foreignColumns: [members.communityId, members.id] }),
    tenantPolicy("past_time_zones"),
  ],
);

/**
 * SQL for the zone in whose days `instant` lies for a row of `members` that the query calls `member`. What it says of an instant
 * never changes once the instant has come, so that days can be derived anew with the same result.
 */
export function zoneAt(member: string, instant: string): string {
  return `coalesce((select z.time_zone from past_time_zones z
    where z.community_id = ${member}.community_id and z.member_id = ${member}.id and z.until > ${instant}
    order by z.until limit 1), ${member}.time_zone)`;
}
