import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EMPTY_ACCOUNT, type Line, move, movementOf, reverseOf } from "../../src/rewards/movement-rules.ts";

const issued = (experience: number, coins: number) => ({ experience, coins, counterpart: "issued" as const });
const sum = (lines: readonly Line[], unit: string) =>
  lines.filter((line) => line.unit === unit).reduce((total, line) => total + line.amount, 0);

describe("move", () => {
  it("gives and takes on both sides", () => {
    expect(move(EMPTY_ACCOUNT, issued(15, 10))).toEqual({
      account: { experience: 15, coins: 10, coinsOwed: 0 },
      lines: [
        { account: "member", unit: "experience", amount: 15 },
        { account: "issued", unit: "experience", amount: -15 },
        { account: "member", unit: "coins", amount: 10 },
        { account: "issued", unit: "coins", amount: -10 },
      ],
    });
  });

  it("takes what is there and writes down what is owed", () => {
    const { account, lines } = move({ experience: 15, coins: 4, coinsOwed: 0 }, issued(-15, -10));
    expect(account).toEqual({ experience: 0, coins: 0, coinsOwed: 6 });
    expect(lines).toContainEqual({ account: "owed", unit: "coins", amount: -6 });
    expect(lines).toContainEqual({ account: "member", unit: "coins", amount: -4 });
    expect(lines).toContainEqual({ account: "issued", unit: "coins", amount: 10 });
  });

  it("pays a debt first", () => {
    const { account, lines } = move({ experience: 0, coins: 0, coinsOwed: 6 }, issued(0, 10));
    expect(account).toEqual({ experience: 0, coins: 4, coinsOwed: 0 });
    expect(lines).toContainEqual({ account: "owed", unit: "coins", amount: 6 });
  });

  it("refuses to take experience that was never given", () => {
    expect(() => move(EMPTY_ACCOUNT, issued(-1, 0))).toThrow(/Invariant/);
  });

  it("balances by unit, never goes below zero, and never holds coins beside a debt, whatever happens", () => {
    const coins = fc.integer({ min: -1_000, max: 1_000 });
    fc.assert(
      fc.property(fc.array(coins, { maxLength: 50 }), (history) => {
        let account = EMPTY_ACCOUNT;
        for (const amount of history) {
          const moved = move(account, issued(0, amount));
          account = moved.account;
          expect(sum(moved.lines, "coins")).toBe(0);
          expect(account.coins).toBeGreaterThanOrEqual(0);
          expect(Math.min(account.coins, account.coinsOwed)).toBe(0);
        }
        expect(account.coins - account.coinsOwed).toBe(history.reduce((total, amount) => total + amount, 0));
      }),
      { seed: 7 },
    );
  });

  it("is taken back whole, whatever the account held in between", () => {
    const accountOf = fc.integer({ min: -500, max: 500 }).map((net) => ({
      experience: 1_000,
      coins: Math.max(0, net),
      coinsOwed: Math.max(0, -net),
    }));
    fc.assert(
      fc.property(accountOf, fc.nat(300), fc.nat(300), (before, experience, coins) => {
        const { account, lines } = move(before, issued(experience, coins));
        expect(movementOf(lines)).toEqual(issued(experience, coins));
        expect(move(account, reverseOf(lines)).account).toEqual(before);
      }),
      { seed: 8 },
    );
  });
});
