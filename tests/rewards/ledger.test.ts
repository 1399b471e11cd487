import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { Viewer } from "../../src/identity/viewer.ts";
import { type Id, newId } from "../../src/kernel/ids.ts";
import { reverseEntry } from "../../src/rewards/ledger-actions.ts";
import { grantPoints, spendCoins } from "../../src/rewards/points-actions.ts";
import { pointsByMember, pointsStatement } from "../../src/rewards/points-queries.ts";
import { verifyRewards } from "../../src/rewards/verification-queries.ts";
import { useDatabase } from "../support/test-database.ts";
import { anEmptyCommunity, aViewer } from "../support/value-builders.ts";

const NOW = new Date("2026-03-01T08:00:00Z");
const SOAK = process.env.REKINDLE_SOAK === "1";
const test = useDatabase({ poolSize: 12 });
let communityId: Id;

beforeAll(async () => {
  communityId = await anEmptyCommunity(test, NOW);
});

const aMember = () => aViewer(test, communityId, NOW);

function grant(member: Viewer, coins: number, causeId = newId(NOW), experience = 1) {
  const given = { memberId: member.memberId, experience, coins, causeKind: "thanks", causeId, actorId: null };
  return test.tx(communityId, (tx) => grantPoints(tx, given, NOW));
}

function spend(member: Viewer, coins: number, causeId = newId(NOW)) {
  const spending = { memberId: member.memberId, coins, causeKind: "treat", causeId };
  return test.tx(communityId, (tx) => spendCoins(tx, spending, NOW));
}

function reverse(entryId: Id) {
  const cause = { kind: "mistake", id: entryId, actorId: null, occurredAt: NOW };
  return test.tx(communityId, (tx) => reverseEntry(tx, entryId, cause, NOW));
}

async function pointsOf(member: Viewer) {
  const [points] = await test.read(communityId, (reader) => pointsByMember(reader, [member.memberId]));
  return points!;
}

describe("the ledger", () => {
  it("gives once for each cause, and tells of it once", async () => {
    const member = await aMember();
    const causeId = newId(NOW);
    const first = await grant(member, 10, causeId);
    const second = await grant(member, 10, causeId);
    expect(second).toEqual({ kind: "already-posted", entryId: first.entryId });
    expect(await pointsOf(member)).toEqual({ experience: 1, coins: 10, coinsOwed: 0 });
    const told = await test.rows("select payload from outbox where payload ->> 'entryId' = $1", [first.entryId]);
    expect(told).toEqual([
      {
        payload: { type: "points.posted", entryId: first.entryId, memberId: member.memberId, experience: 1, coins: 10 },
      },
    ]);
  });

  it("leaves nothing behind when the transaction is given up", async () => {
    const member = await aMember();
    const causeId = newId(NOW);
    const given = { memberId: member.memberId, experience: 1, coins: 1, causeKind: "x", causeId, actorId: null };
    const crashed = test.tx(communityId, async (tx) => {
      await grantPoints(tx, given, NOW);
      throw new Error("the process died");
    });
    await expect(crashed).rejects.toThrow("died");
    expect(await pointsOf(member)).toEqual({ experience: 0, coins: 0, coinsOwed: 0 });
    expect(await grant(member, 1, causeId)).toMatchObject({ kind: "posted" });
  });

  it("keeps experience when coins are spent, and refuses to spend more than there is", async () => {
    const member = await aMember();
    await grant(member, 10, undefined, 5);
    await spend(member, 7);
    expect(await pointsOf(member)).toEqual({ experience: 5, coins: 3, coinsOwed: 0 });
    await expect(spend(member, 4)).rejects.toMatchObject({
      code: "points.insufficient",
      data: { balance: 3, needed: 4 },
    });
  });

  it("spends once for each cause, even when nothing is left to spend", async () => {
    const member = await aMember();
    await grant(member, 10);
    const causeId = newId(NOW);
    const first = await spend(member, 10, causeId);
    expect(await spend(member, 10, causeId)).toEqual({ kind: "already-posted", entryId: first.entryId });
    expect(await pointsOf(member)).toMatchObject({ coins: 0 });
  });

  it("takes back once, and no reversal is taken back", async () => {
    const member = await aMember();
    const { entryId } = await grant(member, 10);
    const reversal = await reverse(entryId);
    expect(reversal.kind).toBe("posted");
    expect(await reverse(entryId)).toEqual({ kind: "already-posted", entryId: reversal.entryId });
    expect(await pointsOf(member)).toEqual({ experience: 0, coins: 0, coinsOwed: 0 });
    await expect(reverse(reversal.entryId)).rejects.toThrow(/a reversal is not reversed/);
  });

  it("owes what was spent before it was taken back, and pays that first from what comes next", async () => {
    const member = await aMember();
    const { entryId } = await grant(member, 10, undefined, 3);
    await spend(member, 6);
    await reverse(entryId);
    expect(await pointsOf(member)).toEqual({ experience: 0, coins: 0, coinsOwed: 6 });
    await grant(member, 4);
    expect(await pointsOf(member)).toMatchObject({ coins: 0, coinsOwed: 2 });
    await grant(member, 4);
    expect(await pointsOf(member)).toMatchObject({ coins: 2, coinsOwed: 0 });
  });

  it("gives the coins back when a spending is taken back", async () => {
    const member = await aMember();
    await grant(member, 10);
    const { entryId } = await spend(member, 6);
    await reverse(entryId);
    expect(await pointsOf(member)).toMatchObject({ coins: 10, coinsOwed: 0 });
  });

  it("refuses lines that do not sum to zero, whoever writes them", async () => {
    const member = await aMember();
    const { entryId } = await grant(member, 1);
    const forged = test.tx(communityId, (tx) =>
      tx.client.query(
        `insert into ledger_lines (community_id, entry_id, line, account, member_id, unit, amount)
         values ($1, $2, 99, 'member', $3, 'coins', 1000)`,
        [communityId, entryId, member.memberId],
      ),
    );
    await expect(forged).rejects.toMatchObject({ constraint: "ledger_lines_balance" });
  });

  it.each([
    ["update", "update ledger_lines set amount = 1"],
    ["delete", "delete from ledger_entries"],
  ])("lets the application %s nothing", async (_verb, statement) => {
    await expect(test.tx(communityId, (tx) => tx.client.query(statement))).rejects.toMatchObject({ code: "42501" });
  });

  it("shows no other community's points", async () => {
    const member = await aMember();
    await grant(member, 10);
    const other = await anEmptyCommunity(test, NOW);
    const [points] = await test.read(other, (reader) => pointsByMember(reader, [member.memberId]));
    expect(points).toEqual({ experience: 0, coins: 0, coinsOwed: 0 });
  });

  it("pages a statement both ways, newest first, with what was taken back", async () => {
    const member = await aMember();
    const granted: Id[] = [];
    for (let minute = 0; minute < 5; minute += 1) {
      const given = { memberId: member.memberId, experience: 1, coins: 0, causeKind: "x", causeId: newId(NOW) };
      const at = new Date(NOW.getTime() + minute * 60_000);
      granted.push((await test.tx(communityId, (tx) => grantPoints(tx, { ...given, actorId: null }, at))).entryId);
    }
    granted.reverse();
    await reverse(granted[4]!);
    const page = (size: number, direction: "forward" | "backward", cursor: readonly string[] | null) =>
      test.read(communityId, (reader) => pointsStatement(reader, member.memberId, { size, direction, cursor }));
    const first = await page(2, "forward", null);
    expect(first.rows.map((row) => row.id)).toEqual(granted.slice(0, 2));
    expect(first).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    const last = first.rows.at(-1)!;
    const second = await page(10, "forward", [last.occurredAt.toISOString(), last.id]);
    // The grant and its reversal happened at the same instant: both are there, once.
    expect(second.rows).toHaveLength(4);
    expect(second.rows.slice(0, 2).map((row) => row.id)).toEqual(granted.slice(2, 4));
    const taken = second.rows.find((row) => row.id === granted[4]);
    const reversal = second.rows.find((row) => row.reversalOf === granted[4]);
    expect(taken?.reversedById).toBe(reversal?.id);
    expect(reversal).toMatchObject({ experience: -1, coins: 0 });
    const back = await page(2, "backward", [second.rows[1]!.occurredAt.toISOString(), second.rows[1]!.id]);
    expect(back.rows.map((row) => row.id)).toEqual(granted.slice(1, 3));
    expect(back).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
  });
});

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
    expect(await test.read(communityId, verifyRewards)).toMatchObject({ differences: [] });
  });
});

describe("verifyRewards", () => {
  it("names the balance that differs from its lines", async () => {
    const member = await aMember();
    await grant(member, 10);
    const spoil = (by: number) =>
      test.rows("update point_balances set coins = coins + $1 where member_id = $2", [by, member.memberId]);
    await spoil(5);
    const found = await test.read(communityId, verifyRewards);
    await spoil(-5);
    expect(found.differences).toEqual([
      { kind: "balance", memberId: member.memberId, what: "coins", balance: 15, ledger: 10 },
    ]);
    expect(found.members).toBeGreaterThan(0);
    expect(found.entries).toBeGreaterThan(0);
  });
});
