import { campaignsById } from "../../src/coupons/campaign-queries.ts";
import type { CouponCampaign } from "../../src/coupons/campaign-rules.ts";
import { defineLoader, inOrder } from "../graphql/loader.ts";

export const campaignLoader = defineLoader<string, CouponCampaign | null>(async (reader, ids) =>
  inOrder(ids, await campaignsById(reader, ids), (campaign) => campaign.id),
);
