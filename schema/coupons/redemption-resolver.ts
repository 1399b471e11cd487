import { Arg, Args, Authorized, Ctx, Mutation, Query, Resolver } from "type-graphql";
import { couponsOf } from "../../src/coupons/coupon-queries.ts";
import { type CouponChoice, holdCoupon } from "../../src/coupons/hold-actions.ts";
import { redemptionsById } from "../../src/coupons/redemption-queries.ts";
import { commitCoupon, releaseCoupon } from "../../src/coupons/settle-actions.ts";
import { assert } from "../../src/kernel/assert.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { readPageRequest } from "../../src/kernel/pagination.ts";
import { Refusal } from "../../src/kernel/refusal.ts";
import type { Tx } from "../../src/platform/database/database.ts";
import { type Context, viewerOf } from "../context.ts";
import { type Connection, PageArgs, toConnection } from "../graphql/connection.ts";
import { mutateOnce } from "../graphql/mutate.ts";
import { readNodeId } from "../graphql/node-id.ts";
import {
  CouponCommitInput,
  CouponConnection,
  CouponHoldInput,
  type CouponNode,
  CouponRedemptionPayload,
  CouponReleaseInput,
  toCoupon,
  toRedemption,
} from "./coupon-types.ts";
import { limitGuesses } from "./guess-limits.ts";

@Resolver()
export class CouponRedemptionResolver {
  @Authorized()
  @Query(() => CouponConnection, { description: "The caller's own coupons, newest first, used ones too." })
  async myCoupons(@Args(() => PageArgs) page: PageArgs, @Ctx() ctx: Context): Promise<Connection<CouponNode>> {
    const request = readPageRequest(page, 1);
    const { crypto } = ctx.services;
    const coupons = await ctx.read((reader) => couponsOf(reader, crypto, viewerOf(ctx).memberId, request));
    return toConnection(coupons, toCoupon, (coupon) => [coupon.id]);
  }

  @Authorized("settler")
  @Mutation(() => CouponRedemptionPayload, {
    description:
      "Keeps a coupon for the caller until its hold time is over. A code that is unknown, used, out of date or somebody else's gets the same answer, and a few wrong ones make the caller wait.",
  })
  couponHold(
    @Arg("input", () => CouponHoldInput) input: CouponHoldInput,
    @Ctx() ctx: Context,
  ): Promise<CouponRedemptionPayload> {
    const hold = () =>
      mutateOnce(
        ctx,
        "couponHold",
        input,
        async (tx, viewer) => {
          const { id } = await holdCoupon(tx, ctx.services.crypto, viewer, readChoice(input), ctx.now());
          return { redemptionId: id };
        },
        presentRedemption,
      );
    return limitGuesses(ctx, hold);
  }

  @Authorized("settler")
  @Mutation(() => CouponRedemptionPayload, {
    description:
      "Uses a held coupon for an order: for its holder, and for the shop, whose key has the scope `coupons:settle`.",
  })
  couponCommit(
    @Arg("input", () => CouponCommitInput) input: CouponCommitInput,
    @Ctx() ctx: Context,
  ): Promise<CouponRedemptionPayload> {
    return mutateOnce(
      ctx,
      "couponCommit",
      input,
      async (tx, viewer) => {
        const redemptionId = readNodeId("CouponRedemption", input.redemptionId, "redemptionId");
        await commitCoupon(tx, viewer, { redemptionId, orderReference: input.orderReference }, ctx.now());
        return { redemptionId };
      },
      presentRedemption,
    );
  }

  @Authorized("settler")
  @Mutation(() => CouponRedemptionPayload, { description: "Gives a held coupon back, so that others may use it." })
  couponRelease(
    @Arg("input", () => CouponReleaseInput) input: CouponReleaseInput,
    @Ctx() ctx: Context,
  ): Promise<CouponRedemptionPayload> {
    return mutateOnce(
      ctx,
      "couponRelease",
      input,
      async (tx, viewer) => {
        const redemptionId = readNodeId("CouponRedemption", input.redemptionId, "redemptionId");
        await releaseCoupon(tx, viewer, { redemptionId }, ctx.now());
        return { redemptionId };
      },
      presentRedemption,
    );
  }
}

/** @throws Refusal `input.invalid` unless the input names a code or a campaign. */
function readChoice({ code, campaignId }: CouponHoldInput): CouponChoice {
  if (code != null && campaignId == null) return { code };
  if (campaignId != null && code == null) {
    return { campaignId: readNodeId("CouponCampaign", campaignId, "campaignId") };
  }
  throw new Refusal("input.invalid", { reason: "name a code or a campaign, and not both" }, "code");
}

async function presentRedemption(tx: Tx, receipt: { readonly redemptionId: Id }) {
  const [redemption] = await redemptionsById(tx, [receipt.redemptionId]);
  assert(redemption, "a redemption that was acted on exists");
  return { couponRedemption: toRedemption(redemption) };
}
