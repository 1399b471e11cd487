import { describe, expect, it } from "vitest";
import { expireHolds } from "../../src/coupons/expiry-actions.ts";
import { addMs } from "../../src/kernel/instant.ts";
import { NOW, useCoupons } from "./coupon-builders.ts";

const SOAK = process.env.REKINDLE_SOAK === "1";
const ROUNDS = SOAK ? 20 : 3;
/** For what needs more hands a round. */
const LONG_ROUNDS = SOAK ? 20 : 1;
const timeout = SOAK ? 600_000 : 60_000;

const coupons = useCoupons();
const { aCampaignWithCodes, aMember, members, hold, commit, release, assign, usesOf, told, test } = coupons;

function split<T>(results: PromiseSettledResult<T>[]) {
  return {
    done: results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])),
    refused: results.flatMap((result) => (result.status === "rejected" ? [result.reason.code ?? result.reason] : [])),
  };
}

describe("many at once", { timeout }, () => {
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
    for (let round = 0; round < LONG_ROUNDS; round += 1) {
      const { campaign, codes } = await aCampaignWithCodes(64, { usesMax: 5 });
      const people = await members(64);
      const { done, refused } = split(
        await Promise.allSettled(people.map((member, index) => hold(member, { code: codes[index]! }))),
      );
      expect(done).toHaveLength(5);
      expect(new Set(refused)).toEqual(new Set(["coupon.exhausted"]));
      expect(await usesOf(campaign.id)).toBe(5);
    }
  });

  it("hold no more than a member may: 32 codes of one member", async () => {
    for (let round = 0; round < LONG_ROUNDS; round += 1) {
      const { codes } = await aCampaignWithCodes(32, { perMemberMax: 2 });
      const member = await aMember();
      const { done, refused } = split(await Promise.allSettled(codes.map((code) => hold(member, { code }))));
      expect(done).toHaveLength(2);
      expect(new Set(refused)).toEqual(new Set(["coupon.member-limit"]));
    }
  });

  it("are given and hold no more than a member may, by one lock: 12 codes and 12 gifts", async () => {
    for (let round = 0; round < LONG_ROUNDS; round += 1) {
      const { campaign, codes } = await aCampaignWithCodes(40, { perMemberMax: 3, usesMax: 40 });
      const member = await aMember();
      const holds = codes.slice(0, 12).map((code) => hold(member, { code }));
      const gifts = Array.from({ length: 12 }, () => assign(campaign.id, member));
      const [{ done }, given] = await Promise.all([Promise.allSettled(holds).then(split), Promise.all(gifts)]);
      const owned = given.filter((each) => each.kind === "assigned").length;
      expect(done.length + owned).toBe(3);
    }
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

  it("are given, hold, release, commit and sweep without a deadlock", async () => {
    const { campaign, codes } = await aCampaignWithCodes(18, { usesMax: 9, perMemberMax: 3, holdMinutes: 1 });
    const people = await members(8);
    const storm = async (seed: number) => {
      for (let step = 0; step < 12; step += 1) {
        const member = people[(seed + step) % people.length]!;
        const now = addMs(NOW, step * 30_000);
        if (step % 4 === 0) await assign(campaign.id, member, now);
        const choice = step % 2 ? { campaignId: campaign.id } : { code: codes[(seed * 5 + step) % codes.length]! };
        const held = await hold(member, choice, now).catch((error: { code: string }) => {
          expect(error.code).toMatch(/^coupon\./);
          return null;
        });
        if (step % 3 === 0) await test.tx(coupons.communityId, (tx) => expireHolds(tx, now));
        if (held === null) continue;
        const settle = (step + seed) % 2 ? release(member, held.id) : commit(member, held.id, `A-${seed}-${step}`, now);
        await settle.catch((error: { code: string }) => expect(error.code).toMatch(/^coupon\./));
      }
    };
    await Promise.all([1, 2, 3, 4, 5, 6].map(storm));
  });
});
