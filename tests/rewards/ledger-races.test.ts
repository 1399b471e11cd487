import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Id, newId } from "../../src/kernel/ids.ts";
import { grantPoints, spendCoins } from "../../src/rewards/points-actions.ts";
import { verifyRewards } from "../../src/rewards/verification-queries.ts";
import { anEmptyCommunity, aViewer } from "../support/value-builders.ts";
import { NOW, useLedger } from "./ledger-builders.ts";

const SOAK = process.env.REKINDLE_SOAK === "1";

const ledger = useLedger();
const { aMember, grant, spend, reverse, pointsOf, test } = ledger;

describe("one balance under many hands", () => {
  it("lets exactly 50 of 100 spendings of 10 through on 500, and is negative at no read", async () => {
    const member = await aMember();
    await grant(member, 500);
    let reading = true;
    const reads = (async () => {
      while (reading) expect((await pointsOf(member)).coins).toBeGreaterThanOrEqual(0);
    })();
    const results = await Promise.allSettled(Array.from({ length: 100 }, () => spend(member, 10)));
    reading = false;
    await reads;
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(50);
    for (const result of results) {
      if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "points.insufficient" });
    }
    expect(await pointsOf(member)).toMatchObject({ coins: 0, coinsOwed: 0 });
  });

  it("posts one entry when the same cause arrives 50 times at once", async () => {
    const member = await aMember();
    const causeId = newId(NOW);
    const results = await Promise.all(Array.from({ length: 50 }, () => grant(member, 10, causeId)));
    expect(results.filter((result) => result.kind === "posted")).toHaveLength(1);
    expect(new Set(results.map((result) => result.entryId)).size).toBe(1);
    expect(await pointsOf(member)).toMatchObject({ coins: 10 });
  });

  it("keeps the sum over all accounts constant in every snapshot while coins move between members", async () => {
    const quietCommunity = await anEmptyCommunity(test, NOW);
    const people = await Promise.all(Array.from({ length: 6 }, () => aViewer(test, quietCommunity, NOW)));
    const give = (memberId: Id, coins: number) => ({
      memberId,
      coins,
      experience: 0,
      causeKind: "gift",
      causeId: newId(NOW),
      actorId: null,
    });
    for (const { memberId } of people) {
      await test.tx(quietCommunity, (tx) => grantPoints(tx, give(memberId, 100), NOW));
    }
    let moving = true;
    const snapshots = (async () => {
      let seen = 0;
      for (; moving; seen += 1) {
        const { rows } = await test.read(quietCommunity, (reader) =>
          reader.client.query<{ purses: string; books: string }>(
            `select (select sum(coins) from point_balances where community_id = $1) as purses,
                    (select sum(amount) from ledger_lines where community_id = $1) as books`,
            [quietCommunity],
          ),
        );
        expect(rows).toEqual([{ purses: "600", books: "0" }]);
      }
      return seen;
    })();
    // A gift: the giver's account is locked first, unless its id comes second.
    const transfer = (from: Id, to: Id, coins: number) =>
      test.tx(quietCommunity, async (tx) => {
        const paying = () => spendCoins(tx, { memberId: from, coins, causeKind: "gift", causeId: newId(NOW) }, NOW);
        if (from < to) await paying();
        await grantPoints(tx, give(to, coins), NOW);
        if (from > to) await paying();
      });
    const rounds = SOAK ? 3_000 : 120;
    const worker = async (seed: number) => {
      for (let round = 0; round < rounds; round += 1) {
        const from = people[(seed + round) % people.length]!.memberId;
        const to = people[(seed * 3 + round * 5 + 1) % people.length]!.memberId;
        if (from === to) continue;
        await transfer(from, to, 1 + ((seed + round) % 30)).catch((error: { code?: string }) => {
          expect(error.code).toBe("points.insufficient");
        });
      }
    };
    await Promise.all([1, 2, 3, 4].map(worker));
    moving = false;
    expect(await snapshots).toBeGreaterThan(5);
  });
});

describe("any history", () => {
  type Step = { kind: "grant" | "spend"; coins: number } | { kind: "reverse"; which: number };
  const coins = fc.integer({ min: 1, max: 40 });
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ kind: fc.constant("grant" as const), coins }),
    fc.record({ kind: fc.constant("spend" as const), coins }),
    fc.record({ kind: fc.constant("reverse" as const), which: fc.nat(1_000) }),
  );

  it("leaves balances that are the sums of their lines, and never negative", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (history) => {
        const member = await aMember();
        const entries: Id[] = [];
        for (const each of history) {
          if (each.kind === "reverse") {
            if (entries.length > 0) await reverse(entries[each.which % entries.length]!);
          } else {
            const act = each.kind === "grant" ? grant : spend;
            const done = await act(member, each.coins).catch((error: { code?: string }) => {
              expect(error.code).toBe("points.insufficient");
              return null;
            });
            if (done) entries.push(done.entryId);
          }
          const { coins: purse, coinsOwed, experience } = await pointsOf(member);
          expect(Math.min(purse, coinsOwed)).toBe(0);
          expect(purse).toBeGreaterThanOrEqual(0);
          expect(experience).toBeGreaterThanOrEqual(0);
        }
      }),
      { seed: 20_260_301, numRuns: SOAK ? 500 : 15 },
    );
    expect(await test.read(ledger.communityId, verifyRewards)).toMatchObject({ differences: [] });
  });
});
