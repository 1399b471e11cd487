import type { Locale } from "../../drizzle/tables/identity.ts";
import { memberIdIn } from "../events/event-rules.ts";
import { adoptEvents, CLIENT_ISSUER } from "../events/ingest-actions.ts";
import { cleanDisplayName } from "../identity/display-name-rules.ts";
import { type Id, importedId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";

/** A user as a log tells of them: what they are called, and when they were first seen. */
export interface LoggedUser {
  readonly userId: string;
  readonly firstSeenAt: Instant;
}

/** What members get that no log tells. */
export interface MemberDefaults {
  readonly locale: Locale;
  readonly timeZone: string;
  readonly now: Instant;
}

const insertMembers = prepared<{ id: Id }>(
  "import_log_members",
  `with fresh as (
     select u.* from json_to_recordset($2::json) as u("userId" text, name text, id uuid, "candidateId" uuid, "firstSeenAt" timestamptz)
     where not exists (
         select from external_identities i where i.community_id = $1 and i.issuer = '${CLIENT_ISSUER}' and i.subject = u."userId")
       and not exists (
         select from identity_providers p
         join external_identities i on i.community_id = p.community_id and i.issuer = p.issuer and i.subject = u."userId"
         where p.community_id = $1)
       and not exists (select from members m where m.community_id = $1 and m.id = u."candidateId")
   ), member as (
     insert into members (community_id, id, display_name, locale, time_zone, role, joined_at)
     select $1, id, name, $3, $4, 'member', "firstSeenAt" from fresh on conflict do nothing
   )
   insert into external_identities (community_id, issuer, subject, member_id, created_at)
   select $1, '${CLIENT_ISSUER}', "userId", id, $5 from fresh on conflict do nothing
   returning member_id as id`,
);

// A log need not be in order. The id says that it was an import that made the member.
const joinEarlier = prepared(
  "import_log_join_earlier",
  `update members m set joined_at = u."firstSeenAt"
   from json_to_recordset($2::json) as u(id uuid, "firstSeenAt" timestamptz)
   where m.community_id = $1 and m.id = u.id and m.joined_at > u."firstSeenAt"`,
);

const findUnowned = prepared<{ waiting: boolean }>(
  "import_log_unowned",
  "select exists (select from events where community_id = $1 and member_id is null) as waiting",
);

/**
 * Makes members of the users of a log whom no member is known for, with what the log calls them as their name, and gives them the
 * events that came before they did. Returns how many were made.
 */
export async function addLoggedMembers(
  tx: Tx,
  users: readonly LoggedUser[],
  defaults: MemberDefaults,
): Promise<number> {
  if (users.length === 0) return 0;
  const members = users.map(({ userId, firstSeenAt }) => ({
    userId,
    name: cleanDisplayName(userId) || "Member",
    id: importedId(new Date(0), CLIENT_ISSUER, userId),
    candidateId: memberIdIn(userId),
    firstSeenAt,
  }));
  const { locale, timeZone, now } = defaults;
  const added = await insertMembers(tx, [tx.communityId, JSON.stringify(members), locale, timeZone, now]);
  await joinEarlier(tx, [tx.communityId, JSON.stringify(members)]);
  const [unowned] = await findUnowned(tx, [tx.communityId]);
  if (unowned!.waiting) for (const { id } of added) await adoptEvents(tx, id);
  return added.length;
}
