import type { LedgerAccount, PointUnit } from "../../drizzle/tables/rewards.ts";
import { assert } from "../kernel/assert.ts";

/** What a member has: the projection of their ledger lines. Whoever owes coins has none. */
export interface Account {
  readonly experience: number;
  readonly coins: number;
  readonly coinsOwed: number;
}

/** What an entry moves: positive into the member's account, negative out of it; the other side is the community's. */
export interface Movement {
  readonly experience: number;
  readonly coins: number;
  readonly counterpart: "issued" | "spent";
}

/** One line of an entry, positive for what flows into `account`. */
export interface Line {
  readonly account: LedgerAccount;
  readonly unit: PointUnit;
  readonly amount: number;
}

export const EMPTY_ACCOUNT: Account = { experience: 0, coins: 0, coinsOwed: 0 };

/**
 * The lines of a movement and the account after it. Lines sum to zero by unit, and coins never fall below zero:
 * coins that go out beyond what is there become a debt on `owed` (they were spent before they were taken back), and coins
 * that come in pay that debt first. Whether a member may go into debt is the caller's to say: only reversals lead there.
 */
export function move(account: Account, movement: Movement): { lines: readonly Line[]; account: Account } {
  const { experience, coins, counterpart } = movement;
  assert(Number.isSafeInteger(experience) && Number.isSafeInteger(coins), "points are whole numbers");
  const net = account.coins - account.coinsOwed + coins;
  const after = {
    experience: account.experience + experience,
    coins: Math.max(0, net),
    coinsOwed: Math.max(0, -net),
  };
  assert(after.experience >= 0, "only experience that was given is taken back");
  const lines: Line[] = [
    { account: "member", unit: "experience", amount: experience },
    { account: counterpart, unit: "experience", amount: -experience },
    { account: "member", unit: "coins", amount: after.coins - account.coins },
    { account: "owed", unit: "coins", amount: account.coinsOwed - after.coinsOwed },
    { account: counterpart, unit: "coins", amount: -coins },
  ];
  return { lines: lines.filter((line) => line.amount !== 0), account: after };
}

/** The movement that takes back what an entry's lines moved, seen from the community's side: debts change hands, not sums. */
export function reverseOf(lines: readonly Line[]): Movement {
  const counterLines = lines.filter((line) => line.account === "issued" || line.account === "spent");
  const sumOf = (unit: PointUnit) =>
    counterLines.filter((line) => line.unit === unit).reduce((sum, line) => sum + line.amount, 0);
  const counterpart = counterLines[0]?.account === "spent" ? "spent" : "issued";
  return { experience: sumOf("experience"), coins: sumOf("coins"), counterpart };
}

/** The movement of an entry, from its lines. */
export function movementOf(lines: readonly Line[]): Movement {
  const { experience, coins, counterpart } = reverseOf(lines);
  return { experience: 0 - experience, coins: 0 - coins, counterpart };
}
