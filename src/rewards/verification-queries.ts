import type { Day } from "../kernel/calendar.ts";
import type { Id } from "../kernel/ids.ts";
import type { Reader } from "../platform/database/database.ts";
import { IN_FORCE } from "./ledger-queries.ts";

/** Where the ledger and what is drawn from it or beside it disagree. */
export type RewardsDifference =
  | {
      readonly kind: "balance";
      readonly memberId: Id;
      readonly what: "experience" | "coins" | "coinsOwed";
      readonly balance: number;
      readonly ledger: number;
    }
  | { readonly kind: "unbalanced-entry"; readonly entryId: Id; readonly unit: string; readonly sum: number }
  /** An award in force whose post, vote or acceptance was taken back. */
  | { readonly kind: "unfounded-award"; readonly entryId: Id; readonly subjectId: Id }
  /** An award that was taken back although all it follows from stands, and that waits for nothing. */
  | { readonly kind: "lost-award"; readonly entryId: Id }
  /** An award that waits, although it stands and its day's cap has room for it. */
  | { readonly kind: "unpaid-award"; readonly sourceKey: string; readonly memberId: Id }
  /** A day on which a rule paid more often than any version of it that paid then allows. */
  | {
      readonly kind: "capped-day";
      readonly memberId: Id;
      readonly ruleKey: string;
      readonly day: Day;
      readonly paid: number;
      readonly dailyMax: number;
    }
  /** A badge of ours that no entry of its owner's led to. */
  | { readonly kind: "unexplained-badge"; readonly awardId: Id; readonly memberId: Id };

export interface RewardsVerification {
  readonly members: number;
  readonly entries: number;
  readonly differences: readonly RewardsDifference[];
}

/** As many of each kind as anybody would read. */
const DIFFERENCES_MAX = 1_000;

const BALANCES = `
  with ledger as (
    select e.member_id,
      coalesce(sum(l.amount) filter (where l.account = 'member' and l.unit = 'experience'), 0) as experience,
      coalesce(sum(l.amount) filter (where l.account = 'member' and l.unit = 'coins'), 0) as coins,
      coalesce(-sum(l.amount) filter (where l.account = 'owed'), 0) as coins_owed
    from ledger_entries e join ledger_lines l on l.community_id = e.community_id and l.entry_id = e.id
    where e.community_id = $1 group by e.member_id
  )
  select 'balance' as kind, member_id as "memberId", what, coalesce(balance, 0) as balance, coalesce(ledger, 0) as ledger
  from ledger l full join (select * from point_balances where community_id = $1) b using (member_id)
  cross join lateral (values ('experience', b.experience, l.experience), ('coins', b.coins, l.coins),
    ('coinsOwed', b.coins_owed, l.coins_owed)) as v (what, balance, ledger)
  where coalesce(balance, 0) <> coalesce(ledger, 0) order by member_id, what`;

const UNBALANCED_ENTRIES = `
  select 'unbalanced-entry' as kind, entry_id as "entryId", unit, sum(amount) as sum
  from ledger_lines where community_id = $1 group by entry_id, unit having sum(amount) <> 0 order by entry_id`;

const UNFOUNDED_AWARDS = `
  select 'unfounded-award' as kind, e.id as "entryId", s.subject_id as "subjectId"
  from point_standings s
  join ledger_entries e on e.community_id = $1 and (e.post_id = s.subject_id or e.cause_id = s.subject_id)
  where s.community_id = $1 and not s.stands and e.rule_key is not null and ${IN_FORCE} order by e.id`;

const LOST_AWARDS = `
  select 'lost-award' as kind, e.id as "entryId"
  from ledger_entries r join ledger_entries e on e.community_id = $1 and e.id = r.reversal_of
  where r.community_id = $1 and e.rule_key is not null
    and not exists (select from point_standings s
                    where s.community_id = $1 and s.subject_id in (e.cause_id, e.post_id) and not s.stands)
    and not exists (select from ledger_entries a where a.community_id = $1 and a.source_key = 'reapplied:' || e.id)
    and not exists (select from waiting_awards w where w.community_id = $1 and w.source_key = 'reapplied:' || e.id)
  order by e.id`;

const UNPAID_AWARDS = `
  select 'unpaid-award' as kind, w.source_key as "sourceKey", w.member_id as "memberId"
  from waiting_awards w
  join point_rules p on p.community_id = $1 and p.key = w.rule_key and p.version = w.rule_version
  where w.community_id = $1
    and not exists (select from point_standings s
                    where s.community_id = $1 and s.subject_id in (w.cause_id, w.post_id) and not s.stands)
    and (p.daily_max is null or p.daily_max > (
      select count(*) from ledger_entries e
      where e.community_id = $1 and e.member_id = w.member_id and e.rule_key = w.rule_key and e.day = w.day and ${IN_FORCE}))
  order by w.source_key`;

const CAPPED_DAYS = `
  select 'capped-day' as kind, e.member_id as "memberId", e.rule_key as "ruleKey", e.day, count(*) as paid,
    max(p.daily_max) as "dailyMax"
  from ledger_entries e
  join point_rules p on p.community_id = $1 and p.key = e.rule_key and p.version = e.rule_version
  where e.community_id = $1 and ${IN_FORCE} group by e.member_id, e.rule_key, e.day
  having bool_and(p.daily_max is not null) and count(*) > max(p.daily_max) order by e.member_id, e.rule_key, e.day`;

const UNEXPLAINED_BADGES = `
  select 'unexplained-badge' as kind, a.id as "awardId", a.member_id as "memberId"
  from badge_awards a
  where a.community_id = $1 and a.badge_version is not null and not exists (
    select from ledger_entries e where e.community_id = $1 and e.id = a.cause_id and e.member_id = a.member_id)
  order by a.id`;

const DIFFERENCES = [
  BALANCES,
  UNBALANCED_ENTRIES,
  UNFOUNDED_AWARDS,
  LOST_AWARDS,
  UNPAID_AWARDS,
  CAPPED_DAYS,
  UNEXPLAINED_BADGES,
].map((query) => `select to_jsonb(d) as difference from (${query} limit ${DIFFERENCES_MAX}) d`);

const VERIFICATION = `
  select (select count(*)::int from point_balances where community_id = $1) as members,
    (select count(*)::int from ledger_entries where community_id = $1) as entries,
    coalesce((select jsonb_agg(difference) from (${DIFFERENCES.join("\n  union all\n")}) each), '[]') as differences`;

/**
 * Recomputes every member's balance from the ledger's lines, and holds awards against what they follow from, days against their
 * caps and badges against the entries that led to them; names what differs. One statement reads all of it, and so one snapshot:
 * it can run while points move.
 */
export async function verifyRewards(reader: Reader): Promise<RewardsVerification> {
  const { rows } = await reader.client.query<RewardsVerification>(VERIFICATION, [reader.communityId]);
  return rows[0]!;
}
