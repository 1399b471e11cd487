import { and, eq, gte } from "drizzle-orm";
import { members } from "../../drizzle/tables/identity.ts";
import { pastTimeZones } from "../../drizzle/tables/member-zones.ts";
import { assert } from "../kernel/assert.ts";
import { addDays, dayIn, startOfDay } from "../kernel/calendar.ts";
import type { Id } from "../kernel/ids.ts";
import { addMs, type Instant, MINUTE_MS } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";

/** More than the clocks of two servers differ by: of the days that a change of zone moves, nothing was derived anywhere yet. */
const NOTICE_MS = 15 * MINUTE_MS;

/**
 * Moves a member to another time zone. Clocks that they read and quiet hours follow at once; their days follow at the end of the
 * day that has begun where they were, a quarter of an hour ahead at least. So no instant lies in two days of theirs, naming zones
 * in turn begins no new day, and what was derived of a day is derived again the same. Another move before then takes the place
 * of this one.
 */
export async function moveMember(tx: Tx, memberId: Id, timeZone: string, now: Instant): Promise<void> {
  const ofMember = and(eq(members.communityId, tx.communityId), eq(members.id, memberId));
  const [member] = await tx.sql
    .select({ timeZone: members.timeZone })
    .from(members)
    .where(ofMember)
    .for("no key update");
  assert(member, "a member who moves exists");
  if (member.timeZone === timeZone) return;
  const settled = addMs(now, NOTICE_MS);
  // Read once the member is locked, so that of two moves at once the later one sees what the earlier one left.
  const [leaving] = await tx.sql
    .select({ until: pastTimeZones.until })
    .from(pastTimeZones)
    .where(
      and(
        eq(pastTimeZones.communityId, tx.communityId),
        eq(pastTimeZones.memberId, memberId),
        gte(pastTimeZones.until, settled),
      ),
    )
    .limit(1);
  if (leaving === undefined) {
    const until = startOfDay(member.timeZone, addDays(dayIn(member.timeZone, settled), 1));
    await tx.sql
      .insert(pastTimeZones)
      .values({ communityId: tx.communityId, memberId, until, timeZone: member.timeZone });
  }
  await tx.sql.update(members).set({ timeZone }).where(ofMember);
}
