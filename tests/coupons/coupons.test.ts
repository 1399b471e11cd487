import { describe, expect, it } from "vitest";
import { createCampaign } from "../../src/coupons/campaign-actions.ts";
import { campaignPage } from "../../src/coupons/campaign-queries.ts";
import type { CampaignDraft } from "../../src/coupons/campaign-rules.ts";
import { generateCodes } from "../../src/coupons/code-actions.ts";
import { couponsOf, freeCodesOf } from "../../src/coupons/coupon-queries.ts";
import { expireHolds } from "../../src/coupons/expiry-actions.ts";
import { holdCoupon } from "../../src/coupons/hold-actions.ts";
import { type Id, newId } from "../../src/kernel/ids.ts";
import { addMs, DAY_MS, type Instant, MINUTE_MS } from "../../src/kernel/instant.ts";
import type { Tx } from "../../src/platform/database/database.ts";
import { countedReader } from "../support/counted-statements.ts";
import { anEmptyCommunity, aViewer } from "../support/value-builders.ts";
import { crypto, NOW, useCoupons } from "./coupon-builders.ts";

const coupons = useCoupons();
const { aCampaign, aCampaignWithCodes, aMember, members, hold, commit, release, assign, usesOf, told, test } = coupons;

describe("a coupon", () => {
  it("is held, committed to an order, and spent", async () => {
    const { campaign, codes } = await aCampaignWithCodes(1);
    const [member, other] = await members(2);
    const held = await hold(member!, { code: codes[0]! });
    expect(held).toMatchObject({ state: "held", campaignId: campaign.id, heldUntil: addMs(NOW, 15 * MINUTE_MS) });
    expect(await usesOf(campaign.id)).toBe(1);
    const committed = await commit(member!, held.id);
    expect(committed).toMatchObject({ state: "committed", orderReference: "A-1" });
    expect(await commit(member!, held.id)).toEqual(committed);
    expect(await told(held.id)).toEqual(["coupon.committed", "coupon.held"]);
    await expect(commit(member!, held.id, "A-2")).rejects.toMatchObject({ code: "coupon.not-held" });
    await expect(release(member!, held.id)).rejects.toMatchObject({ code: "coupon.not-held" });
    await expect(hold(other!, { code: codes[0]! })).rejects.toMatchObject({ code: "coupon.unknown" });
  });

  it("is held once by the same member, however often they ask", async () => {
    const { campaign, codes } = await aCampaignWithCodes(1);
    const member = await aMember();
    const held = await hold(member, { code: codes[0]! });
    expect(await hold(member, { code: codes[0]!.toLowerCase() })).toEqual(held);
    expect(await usesOf(campaign.id)).toBe(1);
    expect(await told(held.id)).toEqual(["coupon.held"]);
  });

  it("goes to others once it is released, or once its hold is over, swept or not", async () => {
    const { campaign, codes } = await aCampaignWithCodes(1, { usesMax: 1 });
    const [first, second, third] = await members(3);
    const held = await hold(first!, { code: codes[0]! });
    await expect(hold(second!, { code: codes[0]! })).rejects.toMatchObject({ code: "coupon.unknown" });
    await release(first!, held.id);
    await release(first!, held.id);
    expect(await usesOf(campaign.id)).toBe(0);
    const again = await hold(second!, { code: codes[0]! });
    const later = addMs(NOW, 15 * MINUTE_MS);
    await expect(commit(second!, again.id, "A-1", later)).rejects.toMatchObject({ code: "coupon.hold-expired" });
    expect(await hold(third!, { code: codes[0]! }, later)).toMatchObject({ memberId: third!.memberId });
    expect(await told(held.id)).toEqual(["coupon.held", "coupon.released"]);
    expect(await told(again.id)).toEqual(["coupon.held", "coupon.released"]);
    expect(await usesOf(campaign.id)).toBe(1);
  });

  it("is freed by the sweep, once, and not before its time", async () => {
    const elsewhere = await aCampaignWithCodes(2, { perMemberMax: 2, holdMinutes: 5 });
    const member = await aMember();
    const [first, second] = [
      await hold(member, { code: elsewhere.codes[0]! }),
      await hold(member, { code: elsewhere.codes[1]! }),
    ];
    await commit(member, second.id);
    const sweep = (now: Instant) => test.tx(coupons.communityId, (tx) => expireHolds(tx, now));
    await sweep(addMs(NOW, 5 * MINUTE_MS - 1));
    expect(await usesOf(elsewhere.campaign.id)).toBe(2);
    await Promise.all([1, 2, 3].map(() => sweep(addMs(NOW, 5 * MINUTE_MS))));
    expect(await usesOf(elsewhere.campaign.id)).toBe(1);
    expect(await told(first.id)).toEqual(["coupon.held", "coupon.released"]);
    await expect(commit(member, first.id)).rejects.toMatchObject({ code: "coupon.hold-expired" });
  });

  it("is freed with others by as many statements as alone, when the next one is held", async () => {
    const { campaign, codes } = await aCampaignWithCodes(62, { perMemberMax: 62, holdMinutes: 5 });
    const member = await aMember();
    const later = addMs(NOW, 5 * MINUTE_MS);
    const holdAfter = async (overdue: readonly string[], code: string) => {
      const ids: Id[] = [];
      for (const each of overdue) ids.push((await hold(member, { code: each })).id);
      let statements = 0;
      await test.tx(coupons.communityId, async (tx) => {
        const counted = countedReader(tx, () => {
          statements += 1;
        });
        await holdCoupon(counted as Tx, crypto, member, { code }, later);
      });
      for (const id of ids) expect(await told(id)).toEqual(["coupon.held", "coupon.released"]);
      return statements;
    };
    const one = await holdAfter(codes.slice(0, 1), codes[60]!);
    expect(await holdAfter(codes.slice(0, 60), codes[61]!)).toBe(one);
    expect(await usesOf(campaign.id)).toBe(2);
  });

  it("is settled by its holder and by the shop, and is unknown to others", async () => {
    const { codes } = await aCampaignWithCodes(1);
    const [member, other] = await members(2);
    const [shop, robot] = await Promise.all(
      (["coupons:settle", "operate"] as const).map((scope) =>
        aViewer(test, coupons.communityId, NOW, { role: "service", scopes: [scope] }),
      ),
    );
    const held = await hold(member!, { code: codes[0]! });
    await expect(commit(other!, held.id)).rejects.toMatchObject({ code: "not-found" });
    await expect(release(other!, held.id)).rejects.toMatchObject({ code: "not-found" });
    await expect(commit(robot!, held.id)).rejects.toMatchObject({ code: "not-found" });
    await expect(release(robot!, held.id)).rejects.toMatchObject({ code: "not-found" });
    expect(await commit(shop!, held.id)).toMatchObject({ state: "committed", memberId: member!.memberId });
  });

  it("is not for suspended members", async () => {
    const { codes } = await aCampaignWithCodes(1);
    const member = { ...(await aMember()), suspended: true };
    await expect(hold(member, { code: codes[0]! })).rejects.toMatchObject({ code: "member.suspended" });
  });
});

describe("a coupon of one's own", () => {
  it("is given from the free codes, seen by its owner, held by campaign, and unknown to others", async () => {
    const { campaign } = await aCampaignWithCodes(1);
    const [member, other] = await members(2);
    const assigned = await assign(campaign.id, member!);
    expect(assigned).toMatchObject({ kind: "assigned" });
    const page = { size: 10, direction: "forward", cursor: null } as const;
    const own = await test.read(coupons.communityId, (reader) => couponsOf(reader, crypto, member!.memberId, page));
    expect(own.rows).toMatchObject([{ campaignId: campaign.id, state: "assigned", redemptionId: null }]);
    await expect(hold(other!, { code: own.rows[0]!.code })).rejects.toMatchObject({ code: "coupon.unknown" });
    await expect(hold(other!, { campaignId: campaign.id })).rejects.toMatchObject({ code: "coupon.unknown" });
    const held = await hold(member!, { campaignId: campaign.id });
    expect(await hold(member!, { campaignId: campaign.id })).toEqual(held);
    await commit(member!, held.id);
    await expect(hold(member!, { campaignId: campaign.id })).rejects.toMatchObject({ code: "coupon.unknown" });
    const after = await test.read(coupons.communityId, (reader) => couponsOf(reader, crypto, member!.memberId, page));
    expect(after.rows).toMatchObject([{ state: "redeemed", redemptionState: "committed" }]);
  });

  it("is told to be out of date, since its owner is not guessing", async () => {
    const { campaign } = await aCampaignWithCodes(1);
    const member = await aMember();
    await assign(campaign.id, member);
    const later = addMs(campaign.endsAt, 1);
    await expect(hold(member, { campaignId: campaign.id }, later)).rejects.toMatchObject({
      code: "coupon.campaign-closed",
    });
  });

  it("is given as often as a member may use it, while there are codes and time", async () => {
    const { campaign } = await aCampaignWithCodes(3, { perMemberMax: 2 });
    const [member, other, late] = await members(3);
    expect(await assign(campaign.id, member!)).toMatchObject({ kind: "assigned" });
    expect(await assign(campaign.id, member!)).toMatchObject({ kind: "assigned" });
    expect(await assign(campaign.id, member!)).toEqual({ kind: "member-limit" });
    expect(await assign(campaign.id, other!)).toMatchObject({ kind: "assigned" });
    expect(await assign(campaign.id, late!)).toEqual({ kind: "no-codes-left" });
    expect(await assign(campaign.id, late!, campaign.endsAt)).toEqual({ kind: "campaign-over" });
    expect(await assign(campaign.id, late!, addMs(campaign.startsAt, -1))).toEqual({ kind: "campaign-not-begun" });
    expect(await assign(newId(NOW), late!)).toEqual({ kind: "campaign-over" });
  });

  it("counts against the member's limit like every other use, so that what is given can be used", async () => {
    const { campaign, codes } = await aCampaignWithCodes(6);
    const [user, owner] = await members(2);
    await hold(user!, { code: codes[0]! });
    expect(await assign(campaign.id, user!)).toEqual({ kind: "member-limit" });
    await assign(campaign.id, owner!);
    await expect(hold(owner!, { code: codes[1]! })).rejects.toMatchObject({ code: "coupon.member-limit" });
    expect(await hold(owner!, { campaignId: campaign.id })).toMatchObject({ state: "held" });

    const twice = await aCampaignWithCodes(3, { perMemberMax: 2 });
    await hold(user!, { code: twice.codes[0]! });
    expect(await assign(twice.campaign.id, user!)).toMatchObject({ kind: "assigned" });
    expect(await assign(twice.campaign.id, user!)).toEqual({ kind: "member-limit" });
    const own = await hold(user!, { campaignId: twice.campaign.id });
    await commit(user!, own.id);
    expect(await assign(twice.campaign.id, user!)).toEqual({ kind: "member-limit" });
  });

  it("keeps its use from others through hold, release and expiry, until it is spent", async () => {
    const { campaign, codes } = await aCampaignWithCodes(3, { usesMax: 1 });
    const [owner, stranger] = await members(2);
    await assign(campaign.id, owner!);
    expect(await assign(campaign.id, stranger!)).toEqual({ kind: "no-uses-left" });
    const others = (now = NOW) => hold(stranger!, { code: codes[0]! }, now);
    await expect(others()).rejects.toMatchObject({ code: "coupon.exhausted" });
    await release(owner!, (await hold(owner!, { campaignId: campaign.id })).id);
    await expect(others()).rejects.toMatchObject({ code: "coupon.exhausted" });
    await hold(owner!, { campaignId: campaign.id });
    const later = addMs(NOW, 15 * MINUTE_MS);
    await expect(others(later)).rejects.toMatchObject({ code: "coupon.exhausted" });
    const held = await hold(owner!, { campaignId: campaign.id }, later);
    await commit(owner!, held.id, "A-1", later);
    expect(await usesOf(campaign.id)).toBe(1);
  });

  it("goes to one member each when many are given one at once", async () => {
    const { campaign } = await aCampaignWithCodes(8);
    const assignments = await Promise.all((await members(20)).map((member) => assign(campaign.id, member)));
    const codeIds = assignments.flatMap((each) => (each.kind === "assigned" ? [each.codeId] : []));
    expect(new Set(codeIds).size).toBe(8);
    expect(assignments.filter((each) => each.kind === "no-codes-left")).toHaveLength(12);
  });
});

describe("operators", () => {
  it("alone create campaigns, generate codes and see them", async () => {
    const member = await aMember();
    const { campaign } = await aCampaignWithCodes(1);
    const page = { size: 10, direction: "forward", cursor: null } as const;
    const draft: CampaignDraft = { ...campaign, name: "Mine" };
    await expect(test.tx(coupons.communityId, (tx) => createCampaign(tx, member, draft, NOW))).rejects.toMatchObject({
      code: "not-allowed",
    });
    const input = { campaignId: campaign.id, count: 1 };
    await expect(
      test.tx(coupons.communityId, (tx) => generateCodes(tx, crypto, member, input, NOW)),
    ).rejects.toMatchObject({
      code: "not-allowed",
    });
    await expect(
      test.read(coupons.communityId, (reader) => freeCodesOf(reader, crypto, member, campaign.id, page)),
    ).rejects.toMatchObject({ code: "not-allowed" });
  });

  it.each([
    ["none", 0],
    ["too many", 1_001],
    ["half a code", 0.5],
  ])("generate in batches, never %s", async (_what, count) => {
    const { id: campaignId } = await aCampaign();
    await expect(
      test.tx(coupons.communityId, (tx) => generateCodes(tx, crypto, coupons.operator, { campaignId, count }, NOW)),
    ).rejects.toMatchObject({ code: "input.invalid", field: "count" });
  });

  it("page through campaigns, newest first, and see no other community's", async () => {
    const elsewhere = await anEmptyCommunity(test, NOW);
    const owner = await aViewer(test, elsewhere, NOW, { role: "operator" });
    const { campaign } = await aCampaignWithCodes(1);
    const created: Id[] = [];
    for (let day = 0; day < 3; day += 1) {
      const at = addMs(NOW, day * DAY_MS);
      created.unshift((await test.tx(elsewhere, (tx) => createCampaign(tx, owner, campaign, at))).id);
    }
    const page = (size: number, cursor: readonly string[] | null) =>
      test.read(elsewhere, (reader) => campaignPage(reader, { size, direction: "forward", cursor }));
    const first = await page(2, null);
    expect(first).toMatchObject({ hasNextPage: true });
    const last = first.rows[1]!;
    const rest = await page(2, [last.createdAt.toISOString(), last.id]);
    expect([...first.rows, ...rest.rows].map((row) => row.id)).toEqual(created);
    const foreign = { campaignId: campaign.id, count: 1 };
    await expect(test.tx(elsewhere, (tx) => generateCodes(tx, crypto, owner, foreign, NOW))).rejects.toMatchObject({
      code: "not-found",
    });
  });
});
