import type { Locale } from "../../drizzle/tables/identity.ts";
import type { NudgeAction } from "../../drizzle/tables/nudges.ts";
import { firstIdAt, type Id } from "../kernel/ids.ts";
import { addMs, DAY_MS, type Instant } from "../kernel/instant.ts";
import type { Reader } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import { GRANT_DUE_MS } from "./grant-queries.ts";

/** Somebody to whom something was decided, and how to reach them. */
export interface Addressee {
  readonly decisionId: Id;
  readonly memberId: Id;
  readonly action: Exclude<NudgeAction, "nothing">;
  /** Since when there is something to tell: when it was decided, or when what was decided was given. */
  readonly dueAt: Instant;
  /** Coins given with it; 0 for other actions. */
  readonly coins: number;
  readonly displayName: string;
  readonly locale: Locale;
  readonly timeZone: string;
  readonly emailCipher: string | null;
  readonly suspended: boolean;
  readonly consentsToNudges: boolean;
  readonly consentsToEmail: boolean;
}

const DELIVERY_BATCH = 200;

/** After a day a nudge says something about yesterday: it is not delivered any more. */
export const STALE_AFTER_MS = DAY_MS;

interface AddresseeRow {
  id: Id;
  member_id: Id;
  action: Exclude<NudgeAction, "nothing">;
  due_at: Date;
  coins: number | null;
  display_name: string;
  locale: Locale;
  time_zone: string;
  email_cipher: string | null;
  suspended: boolean;
  nudges: boolean;
  email: boolean;
}

/** A gift is told of once it was given, in the amount that the decision's own policy gives. */
const SELECT_ADDRESSEES = `select d.id, d.member_id, d.action, coalesce(g.granted_at, d.decided_at) as due_at,
     (select (a ->> 'coins')::int from nudge_policies p cross join jsonb_array_elements(p.settings -> 'actions') a
      where p.community_id = d.community_id and p.version = d.policy_version and a ->> 'action' = d.action) as coins,
     m.display_name, m.locale, m.time_zone, m.email_cipher, m.suspended_at is not null as suspended,
     coalesce((select granted from consents c where c.community_id = m.community_id and c.member_id = m.id and c.purpose = 'nudges'), true) as nudges,
     coalesce((select granted from consents c where c.community_id = m.community_id and c.member_id = m.id and c.purpose = 'email'), false) as email
   from nudge_decisions d
   join members m on m.community_id = d.community_id and m.id = d.member_id
   left join incentive_grants g on g.community_id = d.community_id and g.decision_id = d.id
   where d.community_id = $1 and d.action <> 'nothing'`;

const selectUndelivered = prepared<AddresseeRow>(
  "nudge_undelivered",
  `${SELECT_ADDRESSEES} and d.id > $2::uuid and (d.action = 'nudge' or g.id is not null)
     and coalesce(g.granted_at, d.decided_at) > $3 and coalesce(g.granted_at, d.decided_at) <= $4
     and not exists (select from nudge_deliveries x where x.community_id = d.community_id and x.decision_id = d.id)
   order by d.id limit ${DELIVERY_BATCH}`,
);

const selectAddressee = prepared<AddresseeRow>("nudge_addressee", `${SELECT_ADDRESSEES} and d.id = $2`);

/**
 * The next decisions that have something to tell for less than {@link STALE_AFTER_MS} and were not delivered. E-mail needs a yes;
 * in-app notices only the absence of a no.
 */
export async function undelivered(reader: Reader, after: Id | null, now: Instant): Promise<Addressee[]> {
  const staleAt = addMs(now, -STALE_AFTER_MS);
  const from = after ?? firstIdAt(addMs(staleAt, -GRANT_DUE_MS));
  const rows = await selectUndelivered(reader, [reader.communityId, from, staleAt, now]);
  return rows.map(toAddressee);
}

/** How to reach a decision's member, as it stands now; null for a decision to do nothing. */
export async function addresseeOf(reader: Reader, decisionId: Id): Promise<Addressee | null> {
  const [row] = await selectAddressee(reader, [reader.communityId, decisionId]);
  return row === undefined ? null : toAddressee(row);
}

function toAddressee(row: AddresseeRow): Addressee {
  return {
    decisionId: row.id,
    memberId: row.member_id,
    action: row.action,
    dueAt: row.due_at,
    coins: row.coins ?? 0,
    displayName: row.display_name,
    locale: row.locale,
    timeZone: row.time_zone,
    emailCipher: row.email_cipher,
    suspended: row.suspended,
    consentsToNudges: row.nudges,
    consentsToEmail: row.email,
  };
}

/** About half a minute's work for a mail server in good health; the others are sent by the next run. */
const MAILS_PER_RUN = 2_000;

const selectQueued = prepared<{ id: Id }>(
  "nudge_mails_queued",
  `select id from nudge_deliveries where community_id = $1 and state = 'queued'
   order by claimed_at, id limit ${MAILS_PER_RUN}`,
);

/** E-mails that wait for being sent, the least recently tried first: whoever cannot be reached is in nobody's way. */
export async function queuedMails(reader: Reader): Promise<Id[]> {
  const rows = await selectQueued(reader, [reader.communityId]);
  return rows.map((row) => row.id);
}
