import { beforeAll, describe, expect, it } from "vitest";
import { createCampaign } from "../../src/coupons/campaign-actions.ts";
import { campaignPage } from "../../src/coupons/campaign-queries.ts";
import type { CampaignDraft } from "../../src/coupons/campaign-rules.ts";
import { assignCoupon, generateCodes } from "../../src/coupons/code-actions.ts";
import { codeOf } from "../../src/coupons/code-rules.ts";
import { couponsOf, freeCodesOf } from "../../src/coupons/coupon-queries.ts";
import { expireHolds } from "../../src/coupons/expiry-actions.ts";
import { type CouponChoice, holdCoupon } from "../../src/coupons/hold-actions.ts";
import { commitCoupon, releaseCoupon } from "../../src/coupons/settle-actions.ts";
import type { Viewer } from "../../src/identity/viewer.ts";
import { type Id, newId } from "../../src/kernel/ids.ts";
import { addMs, DAY_MS, type Instant, MINUTE_MS } from "../../src/kernel/instant.ts";
import { Crypto } from "../../src/platform/crypto.ts";
import { useDatabase } from "../support/test-database.ts";
import { anEmptyCommunity, aViewer } from "../support/value-builders.ts";

const NOW = new Date("2026-03-01T08:00:00Z");
const ROUNDS = process.env.REKINDLE_SOAK === "1" ? 20 : 3;
const crypto = new Crypto([{ id: "k1", secret: Buffer.alloc(32, 7).toString("base64") }]);
const test = useDatabase({ poolSize: 16 });
let communityId: Id;
let operator: Viewer;

beforeAll(async () => {
  communityId = await anEmptyCommunity(test, NOW);
  operator = await aViewer(test, communityId, NOW, { role: "operator" });
});

const aMember = () => aViewer(test, communityId, NOW);
const members = (count: number) => Promise.all(Array.from({ length: count }, aMember));

function aCampaign(change: Partial<CampaignDraft> = {}) {
  const draft: CampaignDraft = {
    name: "Spring",
    discountKind: "percent",
    discountValue: 20,
    currency: null,
    startsAt: addMs(NOW, -DAY_MS),
    endsAt: addMs(NOW, 30 * DAY_MS),
    usesMax: 100,
    perMemberMax: 1,
    holdMinutes: 15,
    ...change,
  };
  return test.tx(communityId, (tx) => createCampaign(tx, operator, draft, NOW));
}

/** A campaign with codes that anybody may use; the codes as people read them. */
async function aCampaignWithCodes(count: number, change: Partial<CampaignDraft> = {}) {
  const campaign = await aCampaign(change);
  await test.tx(communityId, (tx) => generateCodes(tx, crypto, operator, { campaignId: campaign.id, count }, NOW));
  const page = { size: 100, direction: "forward", cursor: null } as const;
  const free = await test.read(communityId, (reader) => freeCodesOf(reader, crypto, operator, campaign.id, page));
  return { campaign, codes: free.rows.map((row) => row.code) };
}

const hold = (viewer: Viewer, choice: CouponChoice, now: Instant = NOW) =>
  test.tx(communityId, (tx) => holdCoupon(tx, crypto, viewer, choice, now));
const commit = (viewer: Viewer, redemptionId: Id, orderReference = "A-1", now: Instant = NOW) =>
  test.tx(communityId, (tx) => commitCoupon(tx, viewer, { redemptionId, orderReference }, now));
const release = (viewer: Viewer, redemptionId: Id) =>
  test.tx(communityId, (tx) => releaseCoupon(tx, viewer, { redemptionId }, NOW));
const assign = (campaignId: Id, viewer: Viewer, now: Instant = NOW) =>
  test.tx(communityId, (tx) => assignCoupon(tx, { campaignId, memberId: viewer.memberId }, now));

async function usesOf(campaignId: Id): Promise<number> {
  const [row] = await test.rows("select uses_taken from coupon_campaigns where id = $1", [campaignId]);
  return row?.uses_taken;
}

async function told(redemptionId: Id): Promise<string[]> {
  const rows = await test.rows(
    "select payload ->> 'type' as type from outbox where payload ->> 'redemptionId' = $1 order by id",
    [redemptionId],
  );
  return rows.map((row) => row.type).sort();
}

function split<T>(results: PromiseSettledResult<T>[]) {
  return {
    done: results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])),
    refused: results.flatMap((result) => (result.status === "rejected" ? [result.reason.code ?? result.reason] : [])),
  };
}

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
    const sweep = (now: Instant) => test.tx(communityId, (tx) => expireHolds(tx, now));
    await sweep(addMs(NOW, 5 * MINUTE_MS - 1));
    expect(await usesOf(elsewhere.campaign.id)).toBe(2);
    await Promise.all([1, 2, 3].map(() => sweep(addMs(NOW, 5 * MINUTE_MS))));
    expect(await usesOf(elsewhere.campaign.id)).toBe(1);
    expect(await told(first.id)).toEqual(["coupon.held", "coupon.released"]);
    await expect(commit(member, first.id)).rejects.toMatchObject({ code: "coupon.hold-expired" });
  });

  it("is settled by its holder and by the shop, and is unknown to others", async () => {
    const { codes } = await aCampaignWithCodes(1);
    const [member, other] = await members(2);
    const shop = await aViewer(test, communityId, NOW, { role: "service" });
    const held = await hold(member!, { code: codes[0]! });
    await expect(commit(other!, held.id)).rejects.toMatchObject({ code: "not-found" });
    await expect(release(other!, held.id)).rejects.toMatchObject({ code: "not-found" });
    expect(await commit(shop, held.id)).toMatchObject({ state: "committed", memberId: member!.memberId });
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
    const own = await test.read(communityId, (reader) => couponsOf(reader, crypto, member!.memberId, page));
    expect(own.rows).toMatchObject([{ campaignId: campaign.id, state: "assigned", redemptionId: null }]);
    await expect(hold(other!, { code: own.rows[0]!.code })).rejects.toMatchObject({ code: "coupon.unknown" });
    await expect(hold(other!, { campaignId: campaign.id })).rejects.toMatchObject({ code: "coupon.unknown" });
    const held = await hold(member!, { campaignId: campaign.id });
    expect(await hold(member!, { campaignId: campaign.id })).toEqual(held);
    await commit(member!, held.id);
    await expect(hold(member!, { campaignId: campaign.id })).rejects.toMatchObject({ code: "coupon.unknown" });
    const after = await test.read(communityId, (reader) => couponsOf(reader, crypto, member!.memberId, page));
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
    expect(await assign(campaign.id, late!, campaign.endsAt)).toEqual({ kind: "campaign-closed" });
    expect(await assign(newId(NOW), late!)).toEqual({ kind: "campaign-closed" });
  });

  it("goes to one member each when many are given one at once", async () => {
    const { campaign } = await aCampaignWithCodes(8);
    const assignments = await Promise.all((await members(20)).map((member) => assign(campaign.id, member)));
    const codeIds = assignments.flatMap((each) => (each.kind === "assigned" ? [each.codeId] : []));
    expect(new Set(codeIds).size).toBe(8);
    expect(assignments.filter((each) => each.kind === "no-codes-left")).toHaveLength(12);
  });
});

describe("many at once", () => {
  it("get the last coupon exactly once: 32 accounts, each with a code", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { campaign, codes } = await aCampaignWithCodes(32, { usesMax: 1 });
      const people = await members(32);
      const { done, refused } = split(
        await Promise.allSettled(people.map((member, index) => hold(member, { code: codes[index]! }))),
      );
      expect(done).toHaveLength(1);
      expect(new Set(refused)).toEqual(new Set(["coupon.exhausted"]));
      expect(await usesOf(campaign.id)).toBe(1);
    }
  });

  it("hold one code exactly once: 32 accounts with the same code", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { codes } = await aCampaignWithCodes(1);
      const people = await members(32);
      const { done, refused } = split(
        await Promise.allSettled(people.map((member) => hold(member, { code: codes[0]! }))),
      );
      expect(done).toHaveLength(1);
      expect(new Set(refused)).toEqual(new Set(["coupon.unknown"]));
    }
  });

  it("get exactly five of a limit of five: 64 accounts", async () => {
    const { campaign, codes } = await aCampaignWithCodes(64, { usesMax: 5 });
    const people = await members(64);
    const { done, refused } = split(
      await Promise.allSettled(people.map((member, index) => hold(member, { code: codes[index]! }))),
    );
    expect(done).toHaveLength(5);
    expect(new Set(refused)).toEqual(new Set(["coupon.exhausted"]));
    expect(await usesOf(campaign.id)).toBe(5);
  });

  it("hold no more than a member may: 32 codes of one member", async () => {
    const { codes } = await aCampaignWithCodes(32, { perMemberMax: 2 });
    const member = await aMember();
    const { done, refused } = split(await Promise.allSettled(codes.map((code) => hold(member, { code }))));
    expect(done).toHaveLength(2);
    expect(new Set(refused)).toEqual(new Set(["coupon.member-limit"]));
  });

  it("cancel, commit and expire the same hold with one of them winning", async () => {
    const { campaign, codes } = await aCampaignWithCodes(ROUNDS * 8, { perMemberMax: 100 });
    const member = await aMember();
    let committed = 0;
    for (const code of codes) {
      const { id } = await hold(member, { code });
      const racing = [() => release(member, id), () => commit(member, id), () => release(member, id)];
      await Promise.allSettled((committed % 2 ? racing.reverse() : racing).map((act) => act()));
      const [row] = await test.rows("select state from coupon_redemptions where id = $1", [id]);
      expect(["released", "committed"]).toContain(row?.state);
      if (row?.state === "committed") committed += 1;
      expect(await told(id)).toEqual(["coupon.held", `coupon.${row?.state}`].sort());
    }
    expect(await usesOf(campaign.id)).toBe(committed);
  });

  it("hold, release, commit and sweep without a deadlock", async () => {
    const { codes } = await aCampaignWithCodes(12, { usesMax: 6, perMemberMax: 3, holdMinutes: 1 });
    const people = await members(8);
    const storm = async (seed: number) => {
      for (let step = 0; step < 12; step += 1) {
        const member = people[(seed + step) % people.length]!;
        const now = addMs(NOW, step * 30_000);
        const held = await hold(member, { code: codes[(seed * 5 + step) % codes.length]! }, now).catch(() => null);
        if (step % 3 === 0) await test.tx(communityId, (tx) => expireHolds(tx, now));
        if (held === null) continue;
        const settle = (step + seed) % 2 ? release(member, held.id) : commit(member, held.id, `A-${seed}-${step}`, now);
        await settle.catch((error: { code: string }) => expect(error.code).toMatch(/^coupon\./));
      }
    };
    await Promise.all([1, 2, 3, 4, 5, 6].map(storm));
  });
});

describe("guessing", () => {
  /** One code each that is unknown, used, held by another, another's, not begun and out of date. */
  async function refusedCodes(): Promise<Record<string, string>> {
    const [owner] = await members(1);
    const open = await aCampaignWithCodes(3, { perMemberMax: 3 });
    const future = await aCampaignWithCodes(1, { startsAt: addMs(NOW, 1) });
    const past = await aCampaignWithCodes(1, { endsAt: NOW });
    const spent = await hold(owner!, { code: open.codes[0]! });
    await commit(owner!, spent.id);
    await hold(owner!, { code: open.codes[1]! });
    await assign(open.campaign.id, owner!);
    return {
      unknown: codeOf(Uint8Array.from({ length: 14 }, (_, index) => index)),
      used: open.codes[0]!,
      held: open.codes[1]!,
      owned: open.codes[2]!,
      "not begun": future.codes[0]!,
      "out of date": past.codes[0]!,
    };
  }

  it("learns nothing: every code that cannot be used gets the same answer", async () => {
    const guesser = await aMember();
    const answers: unknown[] = [];
    for (const code of Object.values(await refusedCodes())) {
      answers.push(
        await hold(guesser, { code }).catch(({ code: reason, data, field }) => JSON.stringify({ reason, data, field })),
      );
    }
    expect(new Set(answers)).toEqual(new Set(['{"reason":"coupon.unknown","data":{},"field":null}']));
  });

  it("learns nothing from the time an answer takes: medians within a millisecond", async () => {
    const guesser = await aMember();
    const codes = Object.values(await refusedCodes());
    const times = codes.map((): number[] => []);
    for (let guess = 0; guess < (ROUNDS > 3 ? 10_000 : 150); guess += 1) {
      for (const [kind, code] of codes.entries()) {
        const start = performance.now();
        await hold(guesser, { code }).catch(() => {});
        times[kind]!.push(performance.now() - start);
      }
    }
    const medians = times.map((each) => each.sort((a, b) => a - b)[each.length >> 1]!);
    expect(Math.max(...medians) - Math.min(...medians)).toBeLessThan(1);
  });

  it("is told of a typing error, which the check character alone shows", async () => {
    const { codes } = await aCampaignWithCodes(1);
    const [first, ...rest] = codes[0]!;
    const mistyped = [first === "7" ? "8" : "7", ...rest].join("");
    await expect(hold(await aMember(), { code: mistyped })).rejects.toMatchObject({
      code: "input.invalid",
      field: "code",
    });
  });
});

describe("codes at rest", () => {
  it("are nowhere in the database as they are read", async () => {
    const { codes } = await aCampaignWithCodes(5);
    const rows = await test.rows("select row_to_json(c)::text as text from coupon_codes c");
    const stored = rows.map((row) => row.text).join("\n");
    for (const code of codes) {
      expect(stored).not.toContain(code);
      expect(stored).not.toContain(code.replaceAll("-", ""));
    }
  });

  it("are found after the keys were rotated", async () => {
    const { codes } = await aCampaignWithCodes(1);
    const rotated = new Crypto([
      { id: "k2", secret: Buffer.alloc(32, 8).toString("base64") },
      { id: "k1", secret: Buffer.alloc(32, 7).toString("base64") },
    ]);
    const member = await aMember();
    const held = await test.tx(communityId, (tx) => holdCoupon(tx, rotated, member, { code: codes[0]! }, NOW));
    expect(held.state).toBe("held");
  });
});

describe("operators", () => {
  it("alone create campaigns, generate codes and see them", async () => {
    const member = await aMember();
    const { campaign } = await aCampaignWithCodes(1);
    const page = { size: 10, direction: "forward", cursor: null } as const;
    const draft: CampaignDraft = { ...campaign, name: "Mine" };
    await expect(test.tx(communityId, (tx) => createCampaign(tx, member, draft, NOW))).rejects.toMatchObject({
      code: "not-allowed",
    });
    const input = { campaignId: campaign.id, count: 1 };
    await expect(test.tx(communityId, (tx) => generateCodes(tx, crypto, member, input, NOW))).rejects.toMatchObject({
      code: "not-allowed",
    });
    await expect(
      test.read(communityId, (reader) => freeCodesOf(reader, crypto, member, campaign.id, page)),
    ).rejects.toMatchObject({ code: "not-allowed" });
  });

  it.each([
    ["none", 0],
    ["too many", 1_001],
    ["half a code", 0.5],
  ])("generate in batches, never %s", async (_what, count) => {
    const { id: campaignId } = await aCampaign();
    await expect(
      test.tx(communityId, (tx) => generateCodes(tx, crypto, operator, { campaignId, count }, NOW)),
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
