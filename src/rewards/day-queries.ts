import { zoneAt } from "../../drizzle/tables/member-zones.ts";
import type { Day } from "../kernel/calendar.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Reader } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";

/** SQL for the day of the member `memberId` of the community `$1` on which `instant` falls. */
export function dayOf(memberId: string, instant: string): string {
  return `(select to_char(${instant} at time zone ${zoneAt("m", instant)}, 'YYYY-MM-DD')
    from members m where m.community_id = $1 and m.id = ${memberId})`;
}

const day = prepared<{ day: Day }>("points_day", `select ${dayOf("$2", "$3::timestamptz")} as day`);

/**
 * The member's day that `instant` belongs to, for daily caps: every instant belongs to one, whatever zones the member names and
 * whenever it is asked about, since a change of zone waits for the end of the day that has begun (`moveMember`). Travelling makes
 * a day longer or shorter, and pays no date twice: up to any moment there were as many days as the calendar has, and two at most.
 */
export async function memberDay(reader: Reader, memberId: Id, instant: Instant): Promise<Day> {
  const [row] = await day(reader, [reader.communityId, memberId, instant]);
  return row!.day;
}
