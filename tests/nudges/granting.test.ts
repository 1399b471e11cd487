import { describe, expect, it } from "vitest";
import { generateCodes } from "../../src/coupons/code-actions.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { addMs, DAY_MS, HOUR_MS } from "../../src/kernel/instant.ts";
import { grantIncentive } from "../../src/nudges/grant-actions.ts";
import { type DueGrant, dueGrants } from "../../src/nudges/grant-queries.ts";
import { publishPolicy } from "../../src/nudges/policy-actions.ts";
import type { PolicyAction } from "../../src/nudges/policy-rules.ts";
import { runDecideNudges } from "../../workers/stages/decide-nudges.ts";
import { runGrantIncentives } from "../../workers/stages/grant-incentives.ts";
import { eventTypesOf } from "../support/content-builders.ts";
import { useDatabase } from "../support/test-database.ts";
import { aViewer } from "../support/value-builders.ts";
import {
  aCampaign,
  aCommunityWith,
  aRun,
  coupon,
  crypto,
  EAGER,
  gift,
  NOW,
  scoreAll,
  someMembers,
} from "./nudge-builders.ts";

const test = useDatabase({ poolSize: 24 });

/** A community in which `action` was decided for all who are not held out; returns what is due. */
async function aPromise(action: (communityId: Id) => Promise<PolicyAction>, count: number) {
  const { communityId } = await aCommunityWith(test, {});
  const promised = await action(communityId);
  await test.tx(communityId, (tx) => publishPolicy(tx, { ...EAGER, actions: [promised] }, NOW));
  await scoreAll(test, communityId, await someMembers(test, communityId, count));
  await runDecideNudges(aRun(test, communityId));
  const due = await test.read(communityId, (reader) => dueGrants(reader, null, NOW));
  return { communityId, promised, due };
}

const givePoints = () => Promise.resolve<PolicyAction>(gift);
const giveCoupon =
  (codes: number) =>
  async (communityId: Id): Promise<PolicyAction> =>
    coupon(await aCampaign(test, communityId, codes));

const grantsOf = (communityId: Id) =>
  test.rows("select decision_id, member_id, kind, reference_id, cost from incentive_grants where community_id = $1", [
    communityId,
  ]);

const coinsOf = (communityId: Id) =>
  test.rows("select member_id, coins::int as coins from point_balances where community_id = $1 order by member_id", [
    communityId,
  ]);

describe("points", () => {
  it("are given once, however often and by how many", async () => {
    const { communityId, due } = await aPromise(givePoints, 8);
    const runs = await Promise.all([1, 2, 3].map(() => runGrantIncentives(aRun(test, communityId))));
    expect(runs.reduce((sum, run) => sum + run.rows, 0)).toBe(due.length);
    expect(await runGrantIncentives(aRun(test, communityId))).toEqual({ rows: 0, summary: "0 granted" });
    expect(await grantsOf(communityId)).toHaveLength(due.length);
    const coins = await coinsOf(communityId);
    expect(coins.map((row) => row.member_id)).toEqual(due.map((each) => each.memberId).sort());
    expect(new Set(coins.map((row) => row.coins))).toEqual(new Set([50]));
    expect((await eventTypesOf(test, communityId)).filter((type) => type === "incentive.granted")).toHaveLength(
      due.length,
    );
  });

  it("of one decision are given once to twenty who give them at the same time", async () => {
    const { communityId, promised, due } = await aPromise(givePoints, 2);
    const results = await Promise.all(
      Array.from({ length: 20 }, () => test.tx(communityId, (tx) => grantIncentive(tx, due[0]!, promised, NOW))),
    );
    expect(results.filter((result) => result.kind === "granted")).toHaveLength(1);
    expect(results.filter((result) => result.kind === "already-granted")).toHaveLength(19);
    expect(await coinsOf(communityId)).toEqual([{ member_id: due[0]!.memberId, coins: 50 }]);
  });

  it("leave no trace when the giver dies before the commit, and are given then by the next", async () => {
    const { communityId, promised, due } = await aPromise(givePoints, 2);
    const crash = test.tx(communityId, async (tx) => {
      expect(await grantIncentive(tx, due[0]!, promised, NOW)).toMatchObject({ kind: "granted" });
      throw new Error("killed");
    });
    await expect(crash).rejects.toThrow("killed");
    expect([await grantsOf(communityId), await coinsOf(communityId)]).toEqual([[], []]);
    expect(await eventTypesOf(test, communityId)).not.toContain("incentive.granted");
    expect((await runGrantIncentives(aRun(test, communityId))).rows).toBe(due.length);
  });

  it("are given for three days after they were promised", async () => {
    const { communityId, due } = await aPromise(givePoints, 2);
    const lastMoment = aRun(test, communityId, { now: addMs(NOW, 3 * DAY_MS - 1) });
    expect((await runGrantIncentives(lastMoment)).rows).toBe(due.length);
    const late = await aPromise(givePoints, 2);
    const tooLate = aRun(test, late.communityId, { now: addMs(NOW, 3 * DAY_MS + 1) });
    expect((await runGrantIncentives(tooLate)).rows).toBe(0);
    expect(await grantsOf(late.communityId)).toEqual([]);
  });

  it("are as many as the version promised that decided", async () => {
    const { communityId } = await aPromise(givePoints, 2);
    await test.tx(communityId, (tx) => publishPolicy(tx, { ...EAGER, actions: [{ ...gift, coins: 1 }] }, NOW));
    await runGrantIncentives(aRun(test, communityId));
    expect((await coinsOf(communityId))[0]?.coins).toBe(50);
  });

  it("of others are given although one cannot be, and the run says that it failed", async () => {
    const { communityId, due } = await aPromise(givePoints, 6);
    // A version that is gone: what should never happen happens to the first.
    await test.rows("update nudge_decisions set policy_version = 99 where id = $1", [due[0]!.decisionId]);
    await expect(runGrantIncentives(aRun(test, communityId))).rejects.toThrow(
      `1 of the grants failed, and ${due.length - 1} were given`,
    );
    expect(await grantsOf(communityId)).toHaveLength(due.length - 1);
    await test.rows("update nudge_decisions set policy_version = 2 where id = $1", [due[0]!.decisionId]);
    expect((await runGrantIncentives(aRun(test, communityId))).rows).toBe(1);
  });
});

describe("coupons", () => {
  it("go to the members they were promised to, a code each", async () => {
    const { communityId, due } = await aPromise(giveCoupon(10), 6);
    expect((await runGrantIncentives(aRun(test, communityId))).rows).toBe(due.length);
    const owned = await test.rows(
      "select member_id, id from coupon_codes where community_id = $1 and member_id is not null",
      [communityId],
    );
    const granted = await grantsOf(communityId);
    expect(owned.map((row) => `${row.member_id} ${row.id}`).sort()).toEqual(
      granted.map((row) => `${row.member_id} ${row.reference_id}`).sort(),
    );
    expect(new Set(granted.map((row) => row.kind))).toEqual(new Set(["coupon"]));
    expect(owned.map((row) => row.member_id).sort()).toEqual(due.map((each) => each.memberId).sort());
  });

  it("that have run out are said to have, given to the others, and given when there are more", async () => {
    const { communityId, promised, due } = await aPromise(giveCoupon(5), 5);
    await test.rows(
      `delete from coupon_codes where community_id = $1 and id not in (select min(id::text)::uuid from coupon_codes where community_id = $1)`,
      [communityId],
    );
    const left = due.length - 1;
    expect(await runGrantIncentives(aRun(test, communityId))).toEqual({
      rows: 1,
      summary: `1 granted; ${left} could not be given yet: their campaign has nothing left for them`,
    });
    const operator = await aViewer(test, communityId, NOW, { role: "operator" });
    const campaignId = promised.action === "grant-coupon" ? promised.campaignId : "";
    await test.tx(communityId, (tx) => generateCodes(tx, crypto, operator, { campaignId, count: 9 }, NOW));
    expect((await runGrantIncentives(aRun(test, communityId, { now: addMs(NOW, HOUR_MS) }))).rows).toBe(left);
  });

  it("of a campaign that ended meanwhile are not given", async () => {
    const { communityId, due } = await aPromise(
      async (id) => coupon(await aCampaign(test, id, 5, { endsAt: addMs(NOW, HOUR_MS) })),
      3,
    );
    const { rows, summary } = await runGrantIncentives(aRun(test, communityId, { now: addMs(NOW, HOUR_MS) }));
    expect({ rows, summary }).toEqual({
      rows: 0,
      summary: `0 granted; ${due.length} withdrawn, and their cost returned to the budget`,
    });
  });
});

it("gives nothing for a nudge", async () => {
  const { communityId, due } = await aPromise(givePoints, 2);
  const wrong: DueGrant = due[0]!;
  const action: PolicyAction = { action: "nudge", cost: 1, priorLift: 0.1 };
  await expect(test.tx(communityId, (tx) => grantIncentive(tx, wrong, action, NOW))).rejects.toThrow(
    "a nudge gives nothing",
  );
});
