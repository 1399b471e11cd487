import { assert } from "../kernel/assert.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Tx } from "../platform/database/database.ts";
import { lockAccount } from "./account-actions.ts";
import { type Posted, post, postEntry } from "./ledger-actions.ts";
import { entryBySourceKey } from "./ledger-queries.ts";

/** Points given for a reason that is no rule: a nudge's incentive, an operator's thank-you. */
export interface PointsGrant {
  readonly memberId: Id;
  readonly experience: number;
  readonly coins: number;
  /** What the grant follows from, such as `incentive.granted`; with `causeId` what makes it happen once. */
  readonly causeKind: string;
  readonly causeId: Id;
  /** Null when the system decided. */
  readonly actorId: Id | null;
}

/** Gives points, once for each cause. */
export async function grantPoints(tx: Tx, grant: PointsGrant, now: Instant): Promise<Posted> {
  const { memberId, experience, coins, causeKind, causeId, actorId } = grant;
  assert(experience >= 0 && coins >= 0 && experience + coins > 0, "a grant gives something and takes nothing");
  const entry = {
    sourceKey: `grant:${causeKind}:${causeId}`,
    memberId,
    experience,
    coins,
    counterpart: "issued" as const,
    cause: { kind: causeKind, id: causeId, postId: null, actorId, occurredAt: now },
    rule: null,
  };
  return postEntry(tx, entry, now);
}

export interface Spending {
  readonly memberId: Id;
  readonly coins: number;
  /** What the coins are spent on; with `causeId` what makes it happen once. */
  readonly causeKind: string;
  readonly causeId: Id;
}

/**
 * Spends coins, once for each cause. Experience does not change. Whoever spends in the same transaction on something scarce
 * (a coupon, a budget slot) calls this before taking that: accounts are locked before campaigns.
 * @throws Refusal `points.insufficient` when there are fewer coins.
 */
export async function spendCoins(tx: Tx, spending: Spending, now: Instant): Promise<Posted> {
  const { memberId, coins, causeKind, causeId } = spending;
  assert(Number.isSafeInteger(coins) && coins > 0, "a spending takes at least one coin");
  const sourceKey = `spend:${causeKind}:${causeId}`;
  const account = await lockAccount(tx, memberId, now);
  const earlier = await entryBySourceKey(tx, sourceKey);
  if (earlier !== null) return { kind: "already-posted", entryId: earlier };
  if (account.coins < coins) throw new Refusal("points.insufficient", { balance: account.coins, needed: coins });
  const entry = {
    sourceKey,
    memberId,
    experience: 0,
    coins: -coins,
    counterpart: "spent" as const,
    cause: { kind: causeKind, id: causeId, postId: null, actorId: memberId, occurredAt: now },
    rule: null,
  };
  return post(tx, account, entry, null, now);
}
