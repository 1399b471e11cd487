import { describe, expect, it } from "vitest";
import { type Id, newId } from "../../src/kernel/ids.ts";
import { grantPoints } from "../../src/rewards/points-actions.ts";
import { pointsByMember, pointsStatement } from "../../src/rewards/points-queries.ts";
import { verifyRewards } from "../../src/rewards/verification-queries.ts";
import { anEmptyCommunity } from "../support/value-builders.ts";
import { NOW, useLedger } from "./ledger-builders.ts";

const ledger = useLedger();
const { aMember, grant, spend, reverse, pointsOf, test } = ledger;

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
    const crashed = test.tx(ledger.communityId, async (tx) => {
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
    const forged = test.tx(ledger.communityId, (tx) =>
      tx.client.query(
        `insert into ledger_lines (community_id, entry_id, line, account, member_id, unit, amount)
         values ($1, $2, 99, 'member', $3, 'coins', 1000)`,
        [ledger.communityId, entryId, member.memberId],
      ),
    );
    await expect(forged).rejects.toMatchObject({ constraint: "ledger_lines_balance" });
  });

  it.each([
    ["update", "update ledger_lines set amount = 1"],
    ["delete", "delete from ledger_entries"],
  ])("lets the application %s nothing", async (_verb, statement) => {
    await expect(test.tx(ledger.communityId, (tx) => tx.client.query(statement))).rejects.toMatchObject({
      code: "42501",
    });
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
      granted.push(
        (await test.tx(ledger.communityId, (tx) => grantPoints(tx, { ...given, actorId: null }, at))).entryId,
      );
    }
    granted.reverse();
    await reverse(granted[4]!);
    const page = (size: number, direction: "forward" | "backward", cursor: readonly string[] | null) =>
      test.read(ledger.communityId, (reader) => pointsStatement(reader, member.memberId, { size, direction, cursor }));
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

describe("verifyRewards", () => {
  it("names the balance that differs from its lines", async () => {
    const member = await aMember();
    await grant(member, 10);
    const spoil = (by: number) =>
      test.rows("update point_balances set coins = coins + $1 where member_id = $2", [by, member.memberId]);
    await spoil(5);
    const found = await test.read(ledger.communityId, verifyRewards);
    await spoil(-5);
    expect(found.differences).toEqual([
      { kind: "balance", memberId: member.memberId, what: "coins", balance: 15, ledger: 10 },
    ]);
    expect(found.members).toBeGreaterThan(0);
    expect(found.entries).toBeGreaterThan(0);
  });
});
