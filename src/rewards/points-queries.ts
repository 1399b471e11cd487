import type { RuleRecipient } from "../../drizzle/tables/rewards.ts";
import type { Id } from "../kernel/ids.ts";
import { type Page, type PageRequest, readTimeKey, toPage } from "../kernel/pagination.ts";
import type { Reader } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import { ENTRY_COLUMNS, type LedgerEntry } from "./ledger-queries.ts";
import { type Account, EMPTY_ACCOUNT } from "./movement-rules.ts";

const balances = prepared<{ member_id: Id; experience: string; coins: string; coins_owed: string }>(
  "points_by_member",
  `select member_id, experience, coins, coins_owed from point_balances
   where community_id = $1 and member_id = any($2::uuid[])`,
);

/** What members have, in the order of `memberIds`: nothing for those who never earned. */
export async function pointsByMember(reader: Reader, memberIds: readonly Id[]): Promise<Account[]> {
  const rows = await balances(reader, [reader.communityId, memberIds]);
  const byMember = new Map(
    rows.map((row): [Id, Account] => [
      row.member_id,
      { experience: Number(row.experience), coins: Number(row.coins), coinsOwed: Number(row.coins_owed) },
    ]),
  );
  return memberIds.map((memberId) => byMember.get(memberId) ?? EMPTY_ACCOUNT);
}

/** A line of a member's statement: what moved, why, and whether it was taken back since. */
export interface StatementRow extends LedgerEntry {
  readonly experience: number;
  /** Coins that reached or left the member's purse; what went to or came from a debt is in `coinsOwed`. */
  readonly coins: number;
  /** How the debt moved: positive when it grew. */
  readonly coinsOwed: number;
  readonly reversedById: Id | null;
  /** Whom its rule pays, for wording; null without a rule. */
  readonly ruleRecipient: RuleRecipient | null;
}

/** What a {@link StatementRow} has beside its entry. Sums are small enough for doubles: a JavaScript number writes them. */
const MOVED = `select
    coalesce(sum(l.amount) filter (where l.account = 'member' and l.unit = 'experience'), 0)::float8 as experience,
    coalesce(sum(l.amount) filter (where l.account = 'member' and l.unit = 'coins'), 0)::float8 as coins,
    coalesce(-sum(l.amount) filter (where l.account = 'owed'), 0)::float8 as "coinsOwed"
  from ledger_lines l where l.community_id = e.community_id and l.entry_id = e.id`;

const STATEMENT = `select ${ENTRY_COLUMNS}, moved.*, r.id as "reversedById", p.recipient as "ruleRecipient"
  from ledger_entries e
  cross join lateral (${MOVED}) moved
  left join ledger_entries r on r.community_id = e.community_id and r.reversal_of = e.id
  left join point_rules p on p.community_id = e.community_id and p.key = e.rule_key and p.version = e.rule_version`;

/** The statement of one member, newest first; its cursors are {@link timeKeyParts} of `occurredAt`. */
export async function pointsStatement(reader: Reader, memberId: Id, page: PageRequest): Promise<Page<StatementRow>> {
  const key = readTimeKey(page);
  const [beyond, order] = page.direction === "forward" ? ["<", "desc"] : [">", "asc"];
  const { rows } = await reader.client.query<StatementRow>(
    `${STATEMENT} where e.community_id = $1 and e.member_id = $2
       ${key === null ? "" : `and (e.occurred_at, e.id) ${beyond} ($3, $4)`}
     order by e.occurred_at ${order}, e.id ${order} limit ${page.size + 1}`,
    [reader.communityId, memberId, ...(key === null ? [] : [key.at, key.id])],
  );
  return toPage(rows, page);
}

const statementRows = prepared<StatementRow>(
  "statement_rows",
  `${STATEMENT} where e.community_id = $1 and e.id = any($2::uuid[])`,
);

/** The statement's rows of these entries, in no order. */
export async function statementRowsById(reader: Reader, entryIds: readonly Id[]): Promise<StatementRow[]> {
  return statementRows(reader, [reader.communityId, entryIds]);
}
