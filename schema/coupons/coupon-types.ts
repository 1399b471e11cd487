import { Field, GraphQLISODateTime, ID, InputType, ObjectType, registerEnumType } from "type-graphql";
import type { CouponCodeState, RedemptionState } from "../../drizzle/tables/coupons.ts";
import type { Coupon } from "../../src/coupons/coupon-queries.ts";
import type { Redemption } from "../../src/coupons/redemption-rules.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { UserError } from "../errors/user-error.ts";
import { connectionType } from "../graphql/connection.ts";
import type { Payload } from "../graphql/mutate.ts";
import { nodeId } from "../graphql/node-id.ts";

export enum CouponStateEnum {
  AVAILABLE = "available",
  ASSIGNED = "assigned",
  REDEEMED = "redeemed",
}
registerEnumType(CouponStateEnum, {
  name: "CouponState",
  description: "Whose a coupon is, and whether it is used.",
  valuesConfig: {
    AVAILABLE: { description: "Anybody may use it who has its code." },
    ASSIGNED: { description: "Its owner alone may use it." },
    REDEEMED: { description: "It is used." },
  },
});

export enum RedemptionStateEnum {
  HELD = "held",
  COMMITTED = "committed",
  RELEASED = "released",
  EXPIRED = "expired",
}
registerEnumType(RedemptionStateEnum, {
  name: "CouponRedemptionState",
  description: "How far the use of a coupon has come.",
  valuesConfig: {
    HELD: { description: "Kept from others until `heldUntil`." },
    COMMITTED: { description: "Used for an order." },
    RELEASED: { description: "Given back by its holder." },
    EXPIRED: { description: "Its time was over before it was committed." },
  },
});

@ObjectType("Coupon", { description: "A coupon as its owner or an operator sees it." })
export class CouponNode {
  @Field(() => ID, { description: "Global id." })
  id!: string;

  @Field(() => String, { description: "The code to enter, in groups of five." })
  code!: string;

  @Field(() => CouponStateEnum, { description: "Whose it is, and whether it is used." })
  state!: CouponCodeState;

  @Field(() => ID, { nullable: true, description: "The redemption that holds or used it; null when it is free." })
  redemptionId!: string | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: "Until when it is on hold; null when it is not." })
  heldUntil!: Date | null;

  /** The campaign's own id, for field resolvers. */
  campaignKey!: Id;
}

@ObjectType("CouponRedemption", { description: "The use of one coupon by one member." })
export class CouponRedemptionNode {
  @Field(() => ID, { description: "Global id." })
  id!: string;

  @Field(() => RedemptionStateEnum, { description: "How far it has come." })
  state!: RedemptionState;

  @Field(() => GraphQLISODateTime, { description: "When it was held." })
  heldAt!: Date;

  @Field(() => GraphQLISODateTime, { description: "Until when it is or was held." })
  heldUntil!: Date;

  @Field(() => String, { nullable: true, description: "The shop's order; null until it is committed." })
  orderReference!: string | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: "When it was committed, released or expired." })
  settledAt!: Date | null;

  /** The campaign's own id, for field resolvers. */
  campaignKey!: Id;
}

export const CouponConnection = connectionType("Coupon", () => CouponNode);

const KEY = "A key of the caller's choice, up to 255 characters: asking again with it acts once.";

@InputType({ description: "Which coupon to hold: name a code, or a campaign of which the caller has a coupon." })
export class CouponHoldInput {
  @Field(() => String, { nullable: true, description: "A code, in any case, with or without hyphens." })
  code?: string | null;

  @Field(() => ID, { nullable: true, description: "A campaign of which the caller has a coupon of their own." })
  campaignId?: string | null;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@InputType({ description: "Which held coupon was used for which order." })
export class CouponCommitInput {
  @Field(() => ID, { description: "What `couponHold` returned." })
  redemptionId!: string;

  @Field(() => String, { description: "The shop's name for the order, up to 100 characters without spaces." })
  orderReference!: string;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@InputType({ description: "Which held coupon to give back." })
export class CouponReleaseInput {
  @Field(() => ID, { description: "What `couponHold` returned." })
  redemptionId!: string;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@ObjectType({ description: "A redemption as it stands now." })
export class CouponRedemptionPayload implements Payload {
  @Field(() => CouponRedemptionNode, { nullable: true, description: "The redemption; null when refused." })
  couponRedemption?: CouponRedemptionNode | null;

  @Field(() => [UserError], { description: "Why it was refused; empty when it was done." })
  userErrors!: UserError[];
}

/** Presents a coupon. */
export function toCoupon(coupon: Coupon): CouponNode {
  return Object.assign(new CouponNode(), {
    id: nodeId("Coupon", coupon.id),
    code: coupon.code,
    state: coupon.state,
    redemptionId: coupon.redemptionId === null ? null : nodeId("CouponRedemption", coupon.redemptionId),
    heldUntil: coupon.redemptionState === "held" ? coupon.heldUntil : null,
    campaignKey: coupon.campaignId,
  });
}

/** Presents a redemption. */
export function toRedemption(redemption: Redemption): CouponRedemptionNode {
  return Object.assign(new CouponRedemptionNode(), {
    id: nodeId("CouponRedemption", redemption.id),
    state: redemption.state,
    heldAt: redemption.heldAt,
    heldUntil: redemption.heldUntil,
    orderReference: redemption.orderReference,
    settledAt: redemption.settledAt,
    campaignKey: redemption.campaignId,
  });
}
