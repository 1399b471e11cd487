import { z } from "zod";
import type { NudgeAction } from "../../drizzle/tables/nudges.ts";
import { isId } from "../kernel/ids.ts";
import { Refusal } from "../kernel/refusal.ts";

/** Something a policy may do to a member. Amounts and costs are in coins, the policy's one unit of cost. */
export type PolicyAction =
  | { readonly action: "nudge"; readonly cost: number; readonly priorLift: number }
  | { readonly action: "grant-points"; readonly cost: number; readonly priorLift: number; readonly coins: number }
  | { readonly action: "grant-coupon"; readonly cost: number; readonly priorLift: number; readonly campaignId: string };

/** What a policy weighs and what it must respect. Versioned data: a published policy is never changed. */
export interface PolicySettings {
  /** Members whose churn probability is below this are left in peace. */
  readonly riskMin: number;
  /** What retaining a member is worth, in coins. */
  readonly memberValue: number;
  readonly actions: readonly PolicyAction[];
  /**
   * What a coin spent must be expected to bring: 1 spends wherever it pays, more keeps a scarce budget for where it pays most.
   */
  readonly returnMin: number;
  /** How often a decision is drawn at random among what is possible, so that effects can be learnt: 0 to 1. */
  readonly explorationRate: number;
  /** At most `max` decisions other than nothing in `days` days. */
  readonly frequencyCap: { readonly max: number; readonly days: number };
  /** At most one grant in so many days. */
  readonly grantEveryDays: number;
  /** Minutes since midnight in the member's zone between which nothing is delivered; may span midnight. */
  readonly quietHours: { readonly from: number; readonly until: number };
  readonly monthlyBudget: number;
  readonly holdoutPercent: number;
  /** Days after a decision in which being active counts as retained. */
  readonly outcomeDays: number;
}

const cost = z.number().int().min(0).max(1_000_000);
const priorLift = z.number().min(0).max(1);
const minuteOfDay = z.number().int().min(0).max(1_439);

const SETTINGS = z.strictObject({
  riskMin: z.number().min(0).max(1),
  memberValue: z.number().min(0),
  actions: z
    .array(
      z.discriminatedUnion("action", [
        z.strictObject({ action: z.literal("nudge"), cost, priorLift }),
        z.strictObject({
          action: z.literal("grant-points"),
          cost,
          priorLift,
          coins: z.number().int().min(1).max(1_000_000),
        }),
        z.strictObject({
          action: z.literal("grant-coupon"),
          cost,
          priorLift,
          campaignId: z.string().refine(isId, "give a campaign's id"),
        }),
      ]),
    )
    .min(1)
    .refine(
      (actions) => new Set(actions.map((action) => action.action)).size === actions.length,
      "each action stands once",
    ),
  returnMin: z.number().min(1).max(1_000_000),
  explorationRate: z.number().min(0).max(1),
  frequencyCap: z.strictObject({ max: z.number().int().min(1), days: z.number().int().min(1).max(365) }),
  grantEveryDays: z.number().int().min(1).max(365),
  quietHours: z.strictObject({ from: minuteOfDay, until: minuteOfDay }),
  monthlyBudget: z.number().int().min(0).max(2_000_000_000),
  holdoutPercent: z.number().min(1, "a policy without a holdout cannot be proven").max(50),
  outcomeDays: z.number().int().min(1).max(90),
});

/** Reads a policy from untrusted data. @throws Refusal `input.invalid` naming the setting and what it must be. */
export function readPolicySettings(data: unknown): PolicySettings {
  const read = SETTINGS.safeParse(data);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new Refusal(
    "input.invalid",
    { reason: issue?.message ?? "not a policy" },
    ["settings", ...(issue?.path ?? [])].join("."),
  );
}

/**
 * What a community starts with. The lifts are assumptions, stated as such, that outcomes against the holdout confirm or refute:
 * a message moves 3 of 100 undecided members, 50 coins move 6.
 */
export const DEFAULT_POLICY: PolicySettings = {
  riskMin: 0.4,
  memberValue: 1_000,
  actions: [
    { action: "nudge", cost: 1, priorLift: 0.03 },
    { action: "grant-points", cost: 50, priorLift: 0.06, coins: 50 },
  ],
  returnMin: 1,
  explorationRate: 0.1,
  frequencyCap: { max: 1, days: 7 },
  grantEveryDays: 30,
  quietHours: { from: 22 * 60, until: 8 * 60 },
  monthlyBudget: 10_000,
  holdoutPercent: 10,
  outcomeDays: 14,
};

/** Whether `minute` of the member's day lies in the quiet hours. The same minute twice means no quiet hours. */
export function isQuiet(minute: number, quiet: PolicySettings["quietHours"]): boolean {
  return quiet.from <= quiet.until
    ? minute >= quiet.from && minute < quiet.until
    : minute >= quiet.from || minute < quiet.until;
}

/** The campaign that a policy gives coupons from; null when it gives none. */
export function couponCampaignOf(settings: PolicySettings): string | null {
  return settings.actions.find((action) => action.action === "grant-coupon")?.campaignId ?? null;
}

/** Whether an action gives something of value. */
export function isGrant(action: NudgeAction): boolean {
  return action === "grant-points" || action === "grant-coupon";
}
