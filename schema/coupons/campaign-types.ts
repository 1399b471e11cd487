import { Field, GraphQLISODateTime, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import type { CouponDiscountKind } from "../../drizzle/tables/coupons.ts";
import type { CampaignDraft, CouponCampaign } from "../../src/coupons/campaign-rules.ts";
import { UserError } from "../errors/user-error.ts";
import { connectionType } from "../graphql/connection.ts";
import type { Payload } from "../graphql/mutate.ts";
import { nodeId } from "../graphql/node-id.ts";

export enum CouponDiscountKindEnum {
  PERCENT = "percent",
  AMOUNT = "amount",
}
registerEnumType(CouponDiscountKindEnum, {
  name: "CouponDiscountKind",
  description: "What a coupon takes off a price.",
  valuesConfig: {
    PERCENT: { description: "A share of the price." },
    AMOUNT: { description: "A fixed amount of money." },
  },
});

@ObjectType("CouponCampaign", { description: "Coupons of one kind, with the limits on their use." })
export class CouponCampaignNode {
  @Field(() => ID, { description: "Global id." })
  id!: string;

  @Field(() => String, { description: "The name that people see." })
  name!: string;

  @Field(() => CouponDiscountKindEnum, { description: "Whether a share or an amount is taken off." })
  discountKind!: CouponDiscountKind;

  @Field(() => Int, { description: "Percent (1 to 100), or minor units of the currency (cents, fen)." })
  discountValue!: number;

  @Field(() => String, { nullable: true, description: "ISO 4217, such as `CNY`; null for percent." })
  currency!: string | null;

  @Field(() => GraphQLISODateTime, { description: "From when coupons can be held." })
  startsAt!: Date;

  @Field(() => GraphQLISODateTime, { description: "From when they cannot be held any more." })
  endsAt!: Date;

  @Field(() => Int, { description: "Uses there are in all." })
  usesMax!: number;

  @Field(() => Int, { description: "Uses that one member may have." })
  perMemberMax!: number;

  @Field(() => Int, { description: "Minutes for which a coupon is held." })
  holdMinutes!: number;

  @Field(() => Int, { description: "Uses that are held or committed now." })
  usesTaken!: number;

  @Field(() => Int, { description: "Uses that are kept for members who own a coupon and have not used it." })
  usesReserved!: number;

  @Field(() => GraphQLISODateTime, { description: "When it was created." })
  createdAt!: Date;
}

export const CouponCampaignConnection = connectionType("CouponCampaign", () => CouponCampaignNode);

@InputType({ description: "A new campaign. Its codes are generated afterwards." })
export class CouponCampaignCreateInput {
  @Field(() => String, { description: "The name that people see, 1 to 120 characters." })
  name!: string;

  @Field(() => CouponDiscountKindEnum, { description: "Whether a share or an amount is taken off." })
  discountKind!: CouponDiscountKind;

  @Field(() => Int, { description: "Percent (1 to 100), or minor units of the currency (cents, fen)." })
  discountValue!: number;

  @Field(() => String, { nullable: true, description: "ISO 4217, such as `CNY`; left out for percent." })
  currency?: string | null;

  @Field(() => GraphQLISODateTime, { description: "From when coupons can be held." })
  startsAt!: Date;

  @Field(() => GraphQLISODateTime, { description: "From when they cannot be held any more." })
  endsAt!: Date;

  @Field(() => Int, { description: "Uses there are in all, up to a million." })
  usesMax!: number;

  @Field(() => Int, { defaultValue: 1, description: "Uses that one member may have." })
  perMemberMax!: number;

  @Field(() => Int, { defaultValue: 15, description: "Minutes for which a coupon is held, 1 to 1440." })
  holdMinutes!: number;
}

@ObjectType({ description: "The new campaign." })
export class CouponCampaignCreatePayload implements Payload {
  @Field(() => CouponCampaignNode, { nullable: true, description: "The campaign; null when refused." })
  couponCampaign?: CouponCampaignNode | null;

  @Field(() => [UserError], { description: "Why it was refused; empty when it was done." })
  userErrors!: UserError[];
}

@InputType({ description: "More codes for a campaign." })
export class CouponCodesGenerateInput {
  @Field(() => ID, { description: "The campaign." })
  campaignId!: string;

  @Field(() => Int, { description: "How many, 1 to 1000." })
  count!: number;

  @Field(() => String, {
    description: "A key of the caller's choice, up to 255 characters: asking again generates once.",
  })
  idempotencyKey!: string;
}

@ObjectType({ description: "The campaign with its new codes, which `couponCodes` lists." })
export class CouponCodesGeneratePayload implements Payload {
  @Field(() => CouponCampaignNode, { nullable: true, description: "The campaign; null when refused." })
  couponCampaign?: CouponCampaignNode | null;

  @Field(() => Int, { nullable: true, description: "How many codes were generated; null when refused." })
  count?: number | null;

  @Field(() => [UserError], { description: "Why it was refused; empty when it was done." })
  userErrors!: UserError[];
}

/** Presents a campaign. */
export function toCampaign(campaign: CouponCampaign): CouponCampaignNode {
  const { communityId: _tenant, id, ...rest } = campaign;
  return { ...rest, id: nodeId("CouponCampaign", id) };
}

/** Reads a campaign from its input. */
export function readCampaign(input: CouponCampaignCreateInput): CampaignDraft {
  return { ...input, currency: input.currency ?? null };
}
