import { sql } from "drizzle-orm";
import { check, foreignKey, index, integer, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { members } from "./identity.ts";
import { instant, tenantColumn, tenantPolicy } from "./tenancy.ts";

export type CouponDiscountKind = "percent" | "amount";
export type CouponCodeState = "available" | "assigned" | "redeemed";
export type RedemptionState = "held" | "committed" | "released" | "expired";

export const couponCampaigns = pgTable(
  "coupon_campaigns",
  {
    communityId: tenantColumn(),
    id: uuid().notNull(),
    name: text().notNull(),
    discountKind: text().$type<CouponDiscountKind>().notNull(),
    /** Percent (1–100), or minor units of `currency`. */
    discountValue: integer().notNull(),
    /** ISO 4217; null for percent. */
    currency: text(),
    startsAt: instant().notNull(),
    endsAt: instant().notNull(),
    usesMax: integer().notNull(),
    perMemberMax: integer().notNull(),
    holdMinutes: integer().notNull(),
    /** Held and committed redemptions; moved in the redemption's transaction. */
    usesTaken: integer().notNull().default(0),
    /** Uses that are kept for members who own a code and have not used it; moved with the code. */
    usesReserved: integer().notNull().default(0),
    createdAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.id] }),
    check("coupon_campaigns_uses", sql`uses_taken >= 0 and uses_taken <= uses_max`),
    check("coupon_campaigns_reserved", sql`uses_reserved >= 0`),
    tenantPolicy("coupon_campaigns"),
  ],
);

/** A code as a keyed hash for look-up and as cipher text for showing it to its owner; never plain. */
export const couponCodes = pgTable(
  "coupon_codes",
  {
    communityId: tenantColumn(),
    id: uuid().notNull(),
    campaignId: uuid().notNull(),
    codeHash: text().notNull(),
    codeCipher: text().notNull(),
    state: text().$type<CouponCodeState>().notNull(),
    /** Whose it is, once granted or bought; null for codes that anyone may use. */
    memberId: uuid(),
    createdAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.id] }),
    uniqueIndex("coupon_codes_hash").on(t.communityId, t.codeHash),
    index("coupon_codes_available").on(t.communityId, t.campaignId, t.id).where(sql`state = 'available'`),
    index("coupon_codes_member").on(t.communityId, t.memberId).where(sql`member_id is not null`),
    foreignKey({
      columns: [t.communityId, t.campaignId],
      foreignColumns: [couponCampaigns.communityId, couponCampaigns.id],
    }),
    tenantPolicy("coupon_codes"),
  ],
);

export const couponRedemptions = pgTable(
  "coupon_redemptions",
  {
    communityId: tenantColumn(),
    id: uuid().notNull(),
    campaignId: uuid().notNull(),
    codeId: uuid().notNull(),
    memberId: uuid().notNull(),
    state: text().$type<RedemptionState>().notNull(),
    heldAt: instant().notNull(),
    heldUntil: instant().notNull(),
    /** The shop's order, given when committed. */
    orderReference: text(),
    settledAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.id] }),
    uniqueIndex("coupon_redemptions_live").on(t.communityId, t.codeId).where(sql`state in ('held', 'committed')`),
    index("coupon_redemptions_member").on(t.communityId, t.campaignId, t.memberId),
    index("coupon_redemptions_expiry").on(t.communityId, t.heldUntil).where(sql`state = 'held'`),
    foreignKey({ columns: [t.communityId, t.codeId], foreignColumns: [couponCodes.communityId, couponCodes.id] }),
    foreignKey({ columns: [t.communityId, t.memberId], foreignColumns: [members.communityId, members.id] }),
    tenantPolicy("coupon_redemptions"),
  ],
);
