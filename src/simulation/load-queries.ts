import { assert } from "../kernel/assert.ts";
import type { Id } from "../kernel/ids.ts";
import { addMs, DAY_MS, type Instant } from "../kernel/instant.ts";
import type { Reader } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";

const EXEMPLARY_DAYS = 7;

const selectExemplary = prepared<{ id: Id }>(
  "simulation_exemplary_member",
  `select m.id from members m
   left join posts p on p.community_id = m.community_id and p.author_id = m.id
   where m.community_id = $1 and m.role = 'member'
   group by m.id
   order by bool_or(p.kind = 'opening') is true desc, coalesce(sum(p.score) filter (where p.created_at >= $2), 0) desc, m.id
   limit 1`,
);

/** A member whose page has something to show: of those who have begun a thread, whose posts of this week gathered most votes. */
export async function exemplaryMember(reader: Reader, now: Instant): Promise<Id> {
  const [member] = await selectExemplary(reader, [reader.communityId, addMs(now, -EXEMPLARY_DAYS * DAY_MS)]);
  assert(member, "a simulated community has members");
  return member.id;
}
