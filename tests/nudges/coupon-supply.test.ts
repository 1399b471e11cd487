import { describe, expect, it } from "vitest";
import { campaignsById } from "../../src/coupons/campaign-queries.ts";
import { assignCoupon } from "../../src/coupons/code-actions.ts";
import { freeCodesOf } from "../../src/coupons/coupon-queries.ts";
import { holdCoupon } from "../../src/coupons/hold-actions.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { addMs, DAY_MS } from "../../src/kernel/instant.ts";
import { publishPolicy } from "../../src/nudges/policy-actions.ts";
import { budgetsOf } from "../../src/nudges/report-queries.ts";
import { runDecideNudges } from "../../workers/stages/decide-nudges.ts";
import { runGrantIncentives } from "../../workers/stages/grant-incentives.ts";
import { useDatabase } from "../support/test-database.ts";
import { aViewer } from "../support/value-builders.ts";
import {
  aCampaign,
  aCommunityWith,
  aRun,
  coupon,
  crypto,
  decisionsOf,
  EAGER,
  NOW,
  scoreAll,
  someMembers,
} from "./nudge-builders.ts";

const test = useDatabase({ poolSize: 24 });
const MARCH = { from: "2026-03-01", to: "2026-03-31" };

/** A community whose policy gives coupons of one campaign, and its members, at risk. */
async function withCampaign(members: number, codes: number, options: Parameters<typeof aCampaign>[3], settings = {}) {
  const { communityId } = await aCommunityWith(test, {});
  const campaignId = await aCampaign(test, communityId, codes, options);
  const policy = { ...EAGER, actions: [coupon(campaignId)], ...settings };
  await test.tx(communityId, (tx) => publishPolicy(tx, policy, NOW));
  const memberIds = await someMembers(test, communityId, members);
  await scoreAll(test, communityId, memberIds);
  return { communityId, campaignId, memberIds };
}

const decide = (communityId: Id, now = NOW) => runDecideNudges(aRun(test, communityId, { now }));
const grant = (communityId: Id, now = NOW) => runGrantIncentives(aRun(test, communityId, { now }));

/** Decisions counted by action and, when it was nothing, by why. */
async function decided(communityId: Id): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { action, left_out: leftOut } of await decisionsOf(test, communityId)) {
    const what = action === "nothing" ? (leftOut[0]?.reason ?? "") : action;
    counts[what] = (counts[what] ?? 0) + 1;
  }
  return counts;
}

async function someCodes(communityId: Id, campaignId: Id, size: number): Promise<string[]> {
  const operator = await aViewer(test, communityId, NOW, { role: "operator" });
  const page = { size, direction: "forward", cursor: null } as const;
  const free = await test.read(communityId, (reader) => freeCodesOf(reader, crypto, operator, campaignId, page));
  return free.rows.map((row) => row.code);
}

const viewers = (communityId: Id, count: number) =>
  Promise.all(Array.from({ length: count }, () => aViewer(test, communityId, NOW)));

describe("coupons are decided", () => {
  it("no more often than the campaign has uses, and each of them can be used", async () => {
    const { communityId, campaignId, memberIds } = await withCampaign(8, 10, { usesMax: 2 });
    await decide(communityId);
    expect(await decided(communityId)).toEqual({ "grant-coupon": 2, "no-code": 6 });
    expect(await test.read(communityId, (reader) => budgetsOf(reader, MARCH))).toMatchObject([{ spent: 40 }]);
    expect((await grant(communityId)).rows).toBe(2);
    // What was given keeps its use: somebody with a public code comes too late.
    const [stranger] = await viewers(communityId, 1);
    const [code] = await someCodes(communityId, campaignId, 1);
    await expect(
      test.tx(communityId, (tx) => holdCoupon(tx, crypto, stranger!, { code: code! }, NOW)),
    ).rejects.toMatchObject({ code: "coupon.exhausted" });
    const owners = await test.rows("select member_id from incentive_grants where community_id = $1", [communityId]);
    for (const { member_id: memberId } of owners) {
      expect(memberIds).toContain(memberId);
      const held = await test.tx(communityId, (tx) =>
        holdCoupon(tx, crypto, { ...stranger!, memberId }, { campaignId }, NOW),
      );
      expect(held.state).toBe("held");
    }
  });

  it("within what others hold, own and were promised", async () => {
    const { communityId, campaignId } = await withCampaign(8, 10, { usesMax: 5 });
    const [holder, owner] = await viewers(communityId, 2);
    const [code] = await someCodes(communityId, campaignId, 1);
    await test.tx(communityId, (tx) => holdCoupon(tx, crypto, holder!, { code: code! }, NOW));
    await test.tx(communityId, (tx) => assignCoupon(tx, { campaignId, memberId: owner!.memberId }, NOW));
    await decide(communityId);
    await decide(communityId, addMs(NOW, DAY_MS));
    expect((await decided(communityId))["grant-coupon"]).toBe(3);
  });

  it.each([
    ["before it starts", { startsAt: addMs(NOW, DAY_MS) }],
    ["once it is over", { endsAt: NOW }],
  ])("of no campaign %s", async (_when, options) => {
    const { communityId } = await withCampaign(4, 10, options);
    await decide(communityId);
    expect(await decided(communityId)).toEqual({ "no-code": 4 });
    expect(await test.read(communityId, (reader) => budgetsOf(reader, MARCH))).toMatchObject([{ spent: 0 }]);
  });

  it("for nobody who has used as many as the campaign allows, with whosever code", async () => {
    const { communityId, campaignId, memberIds } = await withCampaign(2, 10, {});
    const [viewer] = await viewers(communityId, 1);
    const [code] = await someCodes(communityId, campaignId, 1);
    const user = { ...viewer!, memberId: memberIds[0]! };
    await test.tx(communityId, (tx) => holdCoupon(tx, crypto, user, { code: code! }, NOW));
    await decide(communityId);
    expect(await decided(communityId)).toEqual({ "coupon-limit": 1, "grant-coupon": 1 });
  });

  it("for nobody who was promised as many and has not been given them yet", async () => {
    const often = { frequencyCap: { max: 9, days: 1 }, grantEveryDays: 1 };
    const { communityId } = await withCampaign(3, 10, {}, often);
    await decide(communityId);
    await decide(communityId, addMs(NOW, 2 * DAY_MS));
    expect(await decided(communityId)).toEqual({ "grant-coupon": 3, "coupon-limit": 3 });
  });
});

describe("a coupon that was decided", () => {
  it("waits while its use is taken, says so, and is withdrawn when nobody gave it back", async () => {
    const { communityId, campaignId } = await withCampaign(1, 10, { usesMax: 1 });
    await decide(communityId);
    const [holder] = await viewers(communityId, 1);
    const [code] = await someCodes(communityId, campaignId, 1);
    // The promise is not yet an assignment: a shopper may be faster.
    await test.tx(communityId, (tx) => holdCoupon(tx, crypto, holder!, { code: code! }, NOW));
    expect((await grant(communityId)).summary).toBe(
      "0 granted; 1 could not be given yet: their campaign has nothing left for them",
    );
    const reason = () =>
      test.rows("select grant_state, grant_reason from nudge_decisions where community_id = $1", [communityId]);
    expect(await reason()).toEqual([{ grant_state: "promised", grant_reason: "no-uses-left" }]);
    await test.rows("update coupon_redemptions set held_until = $2 where campaign_id = $1", [
      campaignId,
      addMs(NOW, 4 * DAY_MS),
    ]);
    await grant(communityId, addMs(NOW, 3 * DAY_MS + 1));
    expect(await reason()).toEqual([{ grant_state: "withdrawn", grant_reason: "no-uses-left" }]);
    expect(await test.read(communityId, (reader) => budgetsOf(reader, MARCH))).toMatchObject([
      { spent: 20, returned: 20 },
    ]);
  });

  it("is given after a hold in its way is over, swept or not", async () => {
    const { communityId, campaignId } = await withCampaign(1, 10, { usesMax: 1 });
    await decide(communityId);
    const [holder] = await viewers(communityId, 1);
    const [code] = await someCodes(communityId, campaignId, 1);
    await test.tx(communityId, (tx) => holdCoupon(tx, crypto, holder!, { code: code! }, NOW));
    expect((await grant(communityId, addMs(NOW, DAY_MS))).rows).toBe(1);
  });

  it("and codes that anybody may use share the uses exactly, all at once", async () => {
    const { communityId, campaignId } = await withCampaign(10, 40, { usesMax: 8 });
    await decide(communityId);
    const strangers = await viewers(communityId, 20);
    const codes = await someCodes(communityId, campaignId, 20);
    const holds = strangers.map((stranger, index) =>
      test.tx(communityId, (tx) => holdCoupon(tx, crypto, stranger, { code: codes[index]! }, NOW)),
    );
    const [granted, ...held] = await Promise.allSettled([grant(communityId), ...holds]);
    expect(granted?.status).toBe("fulfilled");
    const refused = held.flatMap((each) => (each.status === "rejected" ? [each.reason.code] : []));
    // A code may have become a member's own meanwhile; to others it is unknown then.
    for (const code of refused) expect(["coupon.exhausted", "coupon.unknown"]).toContain(code);
    const [campaign] = await test.read(communityId, (reader) => campaignsById(reader, [campaignId]));
    const given = await test.rows("select member_id from incentive_grants where community_id = $1", [communityId]);
    expect(campaign).toMatchObject({ usesTaken: held.length - refused.length, usesReserved: given.length });
    expect(held.length - refused.length + given.length).toBe(8);
    for (const { member_id: memberId } of given) {
      const owner = { ...strangers[0]!, memberId };
      await test.tx(communityId, (tx) => holdCoupon(tx, crypto, owner, { campaignId }, NOW));
    }
  });
});
