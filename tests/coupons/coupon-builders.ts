import { beforeAll } from "vitest";
import { createCampaign } from "../../src/coupons/campaign-actions.ts";
import type { CampaignDraft } from "../../src/coupons/campaign-rules.ts";
import { assignCoupon, generateCodes } from "../../src/coupons/code-actions.ts";
import { freeCodesOf } from "../../src/coupons/coupon-queries.ts";
import { type CouponChoice, holdCoupon } from "../../src/coupons/hold-actions.ts";
import { commitCoupon, releaseCoupon } from "../../src/coupons/settle-actions.ts";
import type { Viewer } from "../../src/identity/viewer.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { addMs, DAY_MS, type Instant } from "../../src/kernel/instant.ts";
import { Crypto } from "../../src/platform/crypto.ts";
import { useDatabase } from "../support/test-database.ts";
import { anEmptyCommunity, aViewer } from "../support/value-builders.ts";

export const NOW = new Date("2026-03-01T08:00:00Z");
export const crypto = new Crypto([{ id: "k1", secret: Buffer.alloc(32, 7).toString("base64") }]);

/** A database with one community and its operator, and short words for what tests of coupons do in it. */
export function useCoupons() {
  const test = useDatabase({ poolSize: 16 });
  let communityId: Id;
  let operator: Viewer;

  beforeAll(async () => {
    communityId = await anEmptyCommunity(test, NOW);
    operator = await aViewer(test, communityId, NOW, { role: "operator" });
  });

  const aMember = () => aViewer(test, communityId, NOW);

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

  return {
    test,
    aMember,
    aCampaign,
    get communityId() {
      return communityId;
    },
    get operator() {
      return operator;
    },
    members: (count: number) => Promise.all(Array.from({ length: count }, aMember)),

    /** A campaign with codes that anybody may use; the codes as people read them. */
    async aCampaignWithCodes(count: number, change: Partial<CampaignDraft> = {}) {
      const campaign = await aCampaign(change);
      await test.tx(communityId, (tx) => generateCodes(tx, crypto, operator, { campaignId: campaign.id, count }, NOW));
      const page = { size: 100, direction: "forward", cursor: null } as const;
      const free = await test.read(communityId, (reader) => freeCodesOf(reader, crypto, operator, campaign.id, page));
      return { campaign, codes: free.rows.map((row) => row.code) };
    },
    hold: (viewer: Viewer, choice: CouponChoice, now: Instant = NOW) =>
      test.tx(communityId, (tx) => holdCoupon(tx, crypto, viewer, choice, now)),
    commit: (viewer: Viewer, redemptionId: Id, orderReference = "A-1", now: Instant = NOW) =>
      test.tx(communityId, (tx) => commitCoupon(tx, viewer, { redemptionId, orderReference }, now)),
    release: (viewer: Viewer, redemptionId: Id) =>
      test.tx(communityId, (tx) => releaseCoupon(tx, viewer, { redemptionId }, NOW)),
    assign: (campaignId: Id, viewer: Viewer, now: Instant = NOW) =>
      test.tx(communityId, (tx) => assignCoupon(tx, { campaignId, memberId: viewer.memberId }, now)),

    async usesOf(campaignId: Id): Promise<number> {
      const [row] = await test.rows("select uses_taken from coupon_campaigns where id = $1", [campaignId]);
      return row?.uses_taken;
    },

    /** The types of the events about a redemption, sorted. */
    async told(redemptionId: Id): Promise<string[]> {
      const rows = await test.rows(
        "select payload ->> 'type' as type from outbox where payload ->> 'redemptionId' = $1",
        [redemptionId],
      );
      return rows.map((row) => row.type).sort();
    },
  };
}
