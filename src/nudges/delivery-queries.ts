import type { Locale } from "../../drizzle/tables/identity.ts";
import type { NudgeAction } from "../../drizzle/tables/nudges.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Reader } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";

/** A decision that has not reached its member, and how to reach them. */
export interface Addressee {
  readonly decisionId: Id;
  readonly memberId: Id;
  readonly action: Exclude<NudgeAction, "nothing">;
  readonly displayName: string;
  readonly locale: Locale;
  readonly timeZone: string;
  readonly emailCipher: string | null;
  readonly consentsToNudges: boolean;
  readonly consentsToEmail: boolean;
}

export const DELIVERY_BATCH = 200;

/** After a day a nudge says something about yesterday: it is not delivered any more. */
export const STALE_AFTER = "interval '24 hours'";

interface AddresseeRow {
  id: Id;
  member_id: Id;
  action: Exclude<NudgeAction, "nothing">;
  display_name: string;
  locale: Locale;
  time_zone: string;
  email_cipher: string | null;
  nudges: boolean;
  email: boolean;
}

const SELECT_ADDRESSEES = `select d.id, d.member_id, d.action, m.display_name, m.locale, m.time_zone, m.email_cipher,
     coalesce((select granted from consents c where c.community_id = m.community_id and c.member_id = m.id and c.purpose = 'nudges'), true) as nudges,
     coalesce((select granted from consents c where c.community_id = m.community_id and c.member_id = m.id and c.purpose = 'email'), false) as email
   from nudge_decisions d
   join members m on m.community_id = d.community_id and m.id = d.member_id`;

const selectUndelivered = prepared<AddresseeRow>(
  "nudge_undelivered",
  `${SELECT_ADDRESSEES}
   where d.community_id = $1 and d.action <> 'nothing' and d.id > $2::uuid
     and d.decided_at > $3::timestamptz - ${STALE_AFTER} and d.decided_at <= $3::timestamptz
     and not exists (select from nudge_deliveries x where x.community_id = d.community_id and x.decision_id = d.id)
   order by d.id limit ${DELIVERY_BATCH}`,
);

const selectAddressees = prepared<AddresseeRow>(
  "nudge_addressees",
  `${SELECT_ADDRESSEES} where d.community_id = $1 and d.id = any($2::uuid[])`,
);

/** The next decisions of the last day that were not delivered. E-mail needs a yes; in-app notices only the absence of a no. */
export async function undelivered(reader: Reader, after: Id | null, now: Instant): Promise<Addressee[]> {
  const rows = await selectUndelivered(reader, [
    reader.communityId,
    after ?? "00000000-0000-0000-0000-000000000000",
    now,
  ]);
  return rows.map(toAddressee);
}

/** How to reach the members of these decisions, as it stands now. */
export async function addresseesOf(reader: Reader, decisionIds: readonly Id[]): Promise<Addressee[]> {
  const rows = await selectAddressees(reader, [reader.communityId, decisionIds]);
  return rows.map(toAddressee);
}

function toAddressee(row: AddresseeRow): Addressee {
  return {
    decisionId: row.id,
    memberId: row.member_id,
    action: row.action,
    displayName: row.display_name,
    locale: row.locale,
    timeZone: row.time_zone,
    emailCipher: row.email_cipher,
    consentsToNudges: row.nudges,
    consentsToEmail: row.email,
  };
}
