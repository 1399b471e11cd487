import type { Id } from "../kernel/ids.ts";
import type { Reader } from "../platform/database/database.ts";

/** Where a projection disagrees with the ledger that it is drawn from. */
export type RewardsDifference =
  | {
      readonly kind: "balance";
      readonly memberId: Id;
      readonly what: "experience" | "coins" | "coinsOwed";
      readonly balance: number;
      readonly ledger: number;
    }
  | { readonly kind: "unbalanced-entry"; readonly entryId: Id; readonly unit: string; readonly sum: number };

export interface RewardsVerification {
  readonly members: number;
  readonly entries: number;
  readonly differences: readonly RewardsDifference[];
}

/** As many as anybody would read. */
const DIFFERENCES_MAX = 1_000;

/**
 * Recomputes every member's balance from the ledger's lines, and names what differs. Both sides are read by one statement,
 * so by one snapshot: it can run while points move.
 */
export async function verifyRewards(reader: Reader): Promise<RewardsVerification> {
  const { rows: differences } = await reader.client.query<RewardsDifference>(
    `with ledger as (
       select e.member_id,
         coalesce(sum(l.amount) filter (where l.account = 'member' and l.unit = 'experience'), 0) as experience,
         coalesce(sum(l.amount) filter (where l.account = 'member' and l.unit = 'coins'), 0) as coins,
         coalesce(-sum(l.amount) filter (where l.account = 'owed'), 0) as coins_owed
       from ledger_entries e join ledger_lines l on l.community_id = e.community_id and l.entry_id = e.id
       where e.community_id = $1 group by e.member_id
     ), side_by_side as (
       select member_id, v.* from ledger l full join (select * from point_balances where community_id = $1) b using (member_id)
       cross join lateral (values ('experience', b.experience, l.experience), ('coins', b.coins, l.coins),
         ('coinsOwed', b.coins_owed, l.coins_owed)) as v (what, balance, ledger)
     )
     (select 'balance' as kind, member_id as "memberId", what, coalesce(balance, 0)::float8 as balance,
        coalesce(ledger, 0)::float8 as ledger
      from side_by_side where coalesce(balance, 0) <> coalesce(ledger, 0)
      order by member_id, what limit ${DIFFERENCES_MAX})`,
    [reader.communityId],
  );
  const { rows: unbalanced } = await reader.client.query<RewardsDifference>(
    `select 'unbalanced-entry' as kind, entry_id as "entryId", unit, sum(amount)::float8 as sum
     from ledger_lines where community_id = $1 group by entry_id, unit having sum(amount) <> 0
     order by entry_id limit ${DIFFERENCES_MAX}`,
    [reader.communityId],
  );
  const { rows: counts } = await reader.client.query<{ members: number; entries: number }>(
    `select (select count(*)::int from point_balances where community_id = $1) as members,
            (select count(*)::int from ledger_entries where community_id = $1) as entries`,
    [reader.communityId],
  );
  return {
    members: counts[0]?.members ?? 0,
    entries: counts[0]?.entries ?? 0,
    differences: [...differences, ...unbalanced],
  };
}
