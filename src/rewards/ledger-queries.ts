import type { ledgerEntries } from "../../drizzle/tables/rewards.ts";
import type { Day } from "../kernel/calendar.ts";
import type { Id } from "../kernel/ids.ts";
import type { Reader } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import type { Line } from "./movement-rules.ts";

export type LedgerEntry = typeof ledgerEntries.$inferSelect;

/** An entry's columns under the names of {@link LedgerEntry}, of a table called `e`. */
export const ENTRY_COLUMNS = `e.community_id as "communityId", e.id, e.source_key as "sourceKey", e.member_id as "memberId",
  e.cause_kind as "causeKind", e.cause_id as "causeId", e.post_id as "postId", e.rule_key as "ruleKey",
  e.rule_version as "ruleVersion", e.actor_id as "actorId", e.reversal_of as "reversalOf", e.day, e.occurred_at as "occurredAt"`;

/** Whether the entry `e` is in force: not a reversal, and not taken back. */
export const IN_FORCE = `e.reversal_of is null and not exists (
  select from ledger_entries r where r.community_id = e.community_id and r.reversal_of = e.id)`;

const byId = prepared<LedgerEntry>(
  "ledger_entry_by_id",
  `select ${ENTRY_COLUMNS} from ledger_entries e where e.community_id = $1 and e.id = $2`,
);

const linesById = prepared<Pick<Line, "account" | "unit"> & { amount: string }>(
  "ledger_lines_by_entry",
  "select account, unit, amount from ledger_lines where community_id = $1 and entry_id = $2 order by line",
);

export async function entryById(reader: Reader, id: Id): Promise<LedgerEntry | null> {
  const [entry] = await byId(reader, [reader.communityId, id]);
  return entry ?? null;
}

const bySource = prepared<{ id: Id }>(
  "ledger_entry_by_source",
  "select id from ledger_entries where community_id = $1 and source_key = $2",
);

/** The id of the entry that was posted for `sourceKey`. */
export async function entryBySourceKey(reader: Reader, sourceKey: string): Promise<Id | null> {
  const [entry] = await bySource(reader, [reader.communityId, sourceKey]);
  return entry?.id ?? null;
}

export async function linesOf(reader: Reader, entryId: Id): Promise<Line[]> {
  const rows = await linesById(reader, [reader.communityId, entryId]);
  return rows.map((row) => ({ ...row, amount: Number(row.amount) }));
}

/** An entry that a rule made. */
export interface AwardEntry extends LedgerEntry {
  readonly ruleKey: string;
  readonly ruleVersion: number;
  readonly inForce: boolean;
}

const followingFrom = prepared<AwardEntry & Record<string, unknown>>(
  "ledger_entries_following_from",
  `select ${ENTRY_COLUMNS}, (${IN_FORCE}) as "inForce" from ledger_entries e
   where e.community_id = $1 and (e.post_id = $2 or e.cause_id = $2) and e.rule_key is not null and e.reversal_of is null
     and not exists (select from ledger_entries a where a.community_id = e.community_id and a.source_key = 'reapplied:' || e.id)
   order by e.member_id, e.id`,
);

/**
 * The awards that followed from a post, a vote or an acceptance, each in its latest form (an award that was taken back and
 * posted anew counts once), and whether they are in force. In the order in which their accounts are locked.
 */
export async function awardsFollowingFrom(reader: Reader, subjectId: Id): Promise<AwardEntry[]> {
  return followingFrom(reader, [reader.communityId, subjectId]);
}

const paidOnDay = prepared<{ paid: number }>(
  "ledger_paid_on_day",
  `select count(*)::int as paid from ledger_entries e
   where e.community_id = $1 and e.member_id = $2 and e.rule_key = $3 and e.day = $4 and ${IN_FORCE}`,
);

/** How often a rule has paid a member on a day of theirs, without what was taken back. */
export async function timesPaid(reader: Reader, memberId: Id, ruleKey: string, day: Day): Promise<number> {
  const [row] = await paidOnDay(reader, [reader.communityId, memberId, ruleKey, day]);
  return row?.paid ?? 0;
}
