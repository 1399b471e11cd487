import type { NudgeAction } from "../../drizzle/tables/nudges.ts";
import { assert } from "../kernel/assert.ts";
import { isGrant, type PolicyAction, type PolicySettings } from "./policy-rules.ts";

/**
 * Why an action was not on the table, the weightiest first. Quiet hours are none of them: they put a delivery off, and take no
 * action away.
 */
export const LEFT_OUT_REASONS = [
  "holdout",
  "no-consent",
  "frequency-cap",
  "recent-grant",
  "no-code",
  "coupon-limit",
  "no-budget",
  "not-worth-it",
] as const;

export type LeftOutReason = (typeof LEFT_OUT_REASONS)[number];

/** What is known of a member when deciding. */
export interface MemberFacts {
  readonly probability: number;
  readonly heldOut: boolean;
  readonly consentsToNudges: boolean;
  /** Decisions other than nothing within the frequency cap's days. */
  readonly recentActions: number;
  /** Decisions to give something within the days that must lie between two. */
  readonly recentGrants: number;
  /** Whether the campaign allows them one more of its coupons. */
  readonly mayOwnCoupon: boolean;
}

/** What is left for everyone. */
export interface Supplies {
  readonly budgetLeft: number;
  readonly couponsLeft: number;
}

export interface Decision {
  readonly action: NudgeAction;
  readonly cost: number;
  /** What could have been done and how likely each was: sums to 1, `nothing` included. */
  readonly actionSet: readonly { readonly action: NudgeAction; readonly propensity: number }[];
  readonly leftOut: readonly { readonly action: NudgeAction; readonly reason: LeftOutReason }[];
}

/**
 * What an action is expected to gain with a member, in coins: memberValue × lift × 4p(1 − p). The last factor is 1 for a member who
 * could go either way and falls to 0 for sure things and lost causes: risk alone says who leaves, not whom it helps to ask.
 */
export function expectedGain(action: PolicyAction, probability: number, settings: PolicySettings): number {
  return settings.memberValue * action.priorLift * 4 * probability * (1 - probability);
}

/**
 * Decides for one member. The best action (the largest expected gain above what its cost must bring) is taken with probability
 * 1 − ε, and with probability ε one is drawn evenly among all that is possible, nothing included, so that every propensity is known
 * and above 0.
 *
 * @param draw in [0, 1), the only chance in it.
 */
export function decide(facts: MemberFacts, settings: PolicySettings, supplies: Supplies, draw: number): Decision {
  assert(draw >= 0 && draw < 1, "a draw lies in [0, 1)");
  const leftOut: { action: NudgeAction; reason: LeftOutReason }[] = [];
  const possible: PolicyAction[] = [];
  for (const action of settings.actions) {
    const reason = whyNot(action, facts, settings, supplies);
    if (reason === null) possible.push(action);
    else leftOut.push({ action: action.action, reason });
  }
  const options = [
    { action: "nothing" as const, cost: 0, net: 0 },
    ...possible.map((action) => ({ ...action, net: netGain(action, facts, settings) })),
  ];
  const best = options.reduce((leader, option) => (option.net > leader.net ? option : leader));
  const explored = settings.explorationRate / options.length;
  const actionSet = options.map((option) => ({
    action: option.action,
    propensity: explored + (option === best ? 1 - settings.explorationRate : 0),
  }));
  const chosen = options[pick(actionSet, draw)] ?? best;
  return { action: chosen.action, cost: chosen.cost, actionSet, leftOut };
}

/** With a price above 1 for every coin, offers rank as by gain ÷ cost where the budget does not reach all that would pay. */
function netGain(action: PolicyAction, facts: MemberFacts, settings: PolicySettings): number {
  return expectedGain(action, facts.probability, settings) - settings.returnMin * action.cost;
}

/** The first reason that rules an action out, the weightiest first; null when it is possible. */
function whyNot(
  action: PolicyAction,
  facts: MemberFacts,
  settings: PolicySettings,
  supplies: Supplies,
): LeftOutReason | null {
  if (facts.heldOut) return "holdout";
  if (!facts.consentsToNudges) return "no-consent";
  if (facts.recentActions >= settings.frequencyCap.max) return "frequency-cap";
  if (isGrant(action.action) && facts.recentGrants > 0) return "recent-grant";
  if (action.action === "grant-coupon" && supplies.couponsLeft <= 0) return "no-code";
  if (action.action === "grant-coupon" && !facts.mayOwnCoupon) return "coupon-limit";
  if (action.cost > supplies.budgetLeft) return "no-budget";
  return netGain(action, facts, settings) > 0 ? null : "not-worth-it";
}

function pick(actionSet: Decision["actionSet"], draw: number): number {
  let below = 0;
  for (let i = 0; i < actionSet.length; i++) {
    below += actionSet[i]!.propensity;
    if (draw < below) return i;
  }
  return actionSet.length - 1;
}
