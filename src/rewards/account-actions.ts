import { assert } from "../kernel/assert.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import type { Account } from "./movement-rules.ts";

/** A member's account while this transaction holds its row lock. */
export interface LockedAccount extends Account {
  readonly memberId: Id;
}

interface AccountRow {
  experience: string;
  coins: string;
  coins_owed: string;
}

const COLUMNS = "experience, coins, coins_owed";

const lock = prepared<AccountRow>(
  "account_lock",
  `select ${COLUMNS} from point_balances where community_id = $1 and member_id = $2 for update`,
);

/** For an account's first movement; meets a concurrent first movement on the key and waits for it. */
const open = prepared<AccountRow>(
  "account_open",
  `insert into point_balances as b (community_id, member_id, experience, coins, updated_at) values ($1, $2, 0, 0, $3)
   on conflict (community_id, member_id) do update set updated_at = b.updated_at returning ${COLUMNS}`,
);

const store = prepared(
  "account_store",
  `update point_balances set experience = $3, coins = $4, coins_owed = $5, updated_at = $6
   where community_id = $1 and member_id = $2`,
);

/**
 * Takes the row lock that orders everything which moves this member's points, until the transaction ends. Whoever needs
 * several accounts locks them in the order of their members' ids.
 */
export async function lockAccount(tx: Tx, memberId: Id, now: Instant): Promise<LockedAccount> {
  const [row] = await lock(tx, [tx.communityId, memberId]);
  const found = row ?? (await open(tx, [tx.communityId, memberId, now]))[0];
  assert(found, "a member's account can be opened");
  return {
    memberId,
    experience: Number(found.experience),
    coins: Number(found.coins),
    coinsOwed: Number(found.coins_owed),
  };
}

/** Moves the projection to `after`. The caller holds the account's row lock and has written the lines that explain it. */
export async function storeAccount(tx: Tx, memberId: Id, after: Account, now: Instant): Promise<void> {
  await store(tx, [tx.communityId, memberId, after.experience, after.coins, after.coinsOwed, now]);
}
