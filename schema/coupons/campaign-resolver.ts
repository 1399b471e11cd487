import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import { createCampaign } from "../../src/coupons/campaign-actions.ts";
import { campaignPage, campaignsById } from "../../src/coupons/campaign-queries.ts";
import { generateCodes } from "../../src/coupons/code-actions.ts";
import { freeCodesOf } from "../../src/coupons/coupon-queries.ts";
import { assert } from "../../src/kernel/assert.ts";
import { readPageRequest, timeKeyParts } from "../../src/kernel/pagination.ts";
import { type Context, viewerOf } from "../context.ts";
import { type Connection, PageArgs, toConnection } from "../graphql/connection.ts";
import { mutate, mutateOnce } from "../graphql/mutate.ts";
import { readNodeId } from "../graphql/node-id.ts";
import {
  CouponCampaignConnection,
  CouponCampaignCreateInput,
  CouponCampaignCreatePayload,
  CouponCampaignNode,
  CouponCodesGenerateInput,
  CouponCodesGeneratePayload,
  readCampaign,
  toCampaign,
} from "./campaign-types.ts";
import { campaignLoader } from "./coupon-loaders.ts";
import { CouponConnection, CouponNode, CouponRedemptionNode, toCoupon } from "./coupon-types.ts";

@Resolver()
export class CouponCampaignResolver {
  @Authorized("operator")
  @Query(() => CouponCampaignConnection, { description: "The community's coupon campaigns, newest first." })
  async couponCampaigns(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() ctx: Context,
  ): Promise<Connection<CouponCampaignNode>> {
    const request = readPageRequest(page, 2);
    const campaigns = await ctx.read((reader) => campaignPage(reader, request));
    return toConnection(campaigns, toCampaign, (campaign) => timeKeyParts(campaign.createdAt, campaign.id));
  }

  @Authorized("operator")
  @Query(() => CouponConnection, { description: "A campaign's codes that nobody has yet, for handing out." })
  async couponCodes(
    @Arg("campaignId", () => ID, { description: "The campaign." }) campaignId: string,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() ctx: Context,
  ): Promise<Connection<CouponNode>> {
    const id = readNodeId("CouponCampaign", campaignId, "campaignId");
    const request = readPageRequest(page, 1);
    const { crypto } = ctx.services;
    const codes = await ctx.read((reader) => freeCodesOf(reader, crypto, viewerOf(ctx), id, request));
    return toConnection(codes, toCoupon, (coupon) => [coupon.id]);
  }

  @Authorized("operator")
  @Mutation(() => CouponCampaignCreatePayload, { description: "Creates a campaign without codes." })
  couponCampaignCreate(
    @Arg("input", () => CouponCampaignCreateInput) input: CouponCampaignCreateInput,
    @Ctx() ctx: Context,
  ): Promise<CouponCampaignCreatePayload> {
    return mutate(ctx, async (tx, viewer) => ({
      couponCampaign: toCampaign(await createCampaign(tx, viewer, readCampaign(input), ctx.now())),
    }));
  }

  @Authorized("operator")
  @Mutation(() => CouponCodesGeneratePayload, {
    description: "Adds random codes to a campaign, at most 1000 at a time.",
  })
  couponCodesGenerate(
    @Arg("input", () => CouponCodesGenerateInput) input: CouponCodesGenerateInput,
    @Ctx() ctx: Context,
  ): Promise<CouponCodesGeneratePayload> {
    return mutateOnce(
      ctx,
      "couponCodesGenerate",
      input,
      async (tx, viewer) => {
        const campaignId = readNodeId("CouponCampaign", input.campaignId, "campaignId");
        const batch = { campaignId, count: input.count };
        const codeIds = await generateCodes(tx, ctx.services.crypto, viewer, batch, ctx.now());
        return { campaignId, count: codeIds.length };
      },
      async (tx, { campaignId, count }) => {
        const [campaign] = await campaignsById(tx, [campaignId]);
        assert(campaign, "a campaign that got codes exists");
        return { couponCampaign: toCampaign(campaign), count };
      },
    );
  }
}

@Resolver(() => CouponNode)
export class CouponFieldsResolver {
  @FieldResolver(() => CouponCampaignNode, { description: "What it is worth, and its limits." })
  campaign(@Root() coupon: CouponNode, @Ctx() ctx: Context): Promise<CouponCampaignNode> {
    return campaignOf(ctx, coupon);
  }
}

@Resolver(() => CouponRedemptionNode)
export class CouponRedemptionFieldsResolver {
  @FieldResolver(() => CouponCampaignNode, { description: "What the coupon is worth, and its limits." })
  campaign(@Root() redemption: CouponRedemptionNode, @Ctx() ctx: Context): Promise<CouponCampaignNode> {
    return campaignOf(ctx, redemption);
  }
}

async function campaignOf(ctx: Context, { campaignKey }: { campaignKey: string }): Promise<CouponCampaignNode> {
  const campaign = await ctx.load(campaignLoader, campaignKey);
  assert(campaign, "a coupon's campaign exists");
  return toCampaign(campaign);
}
