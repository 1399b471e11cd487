import { drawOf, isHeldOut } from "../experiments/assignment-rules.ts";
import type { Day } from "../kernel/calendar.ts";
import { firstIdAt, type Id, newId } from "../kernel/ids.ts";
import { addMs, type Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import { emitAll } from "../platform/outbox/emit.ts";
import { openBudget, spendBudget } from "./budget-actions.ts";
import {
  type Candidate,
  type CouponSupply,
  couponSupply,
  type History,
  historiesOf,
  lockDeciding,
} from "./decision-queries.ts";
import { type Decision, decide } from "./decision-rules.ts";
import { GRANT_DUE_MS } from "./grant-queries.ts";
import type { Policy } from "./policy-queries.ts";
import { couponCampaignOf } from "./policy-rules.ts";

/** How many are decided in one transaction: what a killed run decided stays decided. */
export const DECISION_BATCH = 500;

export interface DecisionBatch {
  readonly asOf: Day;
  readonly policy: Policy;
  readonly candidates: readonly Candidate[];
}

export interface DecisionCounts {
  readonly decided: number;
  readonly heldOut: number;
  readonly treated: number;
  readonly cost: number;
}

interface Decided extends Decision {
  readonly id: Id;
  readonly candidate: Candidate;
  readonly heldOut: boolean;
}

/**
 * Decides for a batch of candidates, in their order, within the month's budget: one decision a member and day, whoever else is
 * deciding, so that neither the frequency cap nor the budget nor the codes can be passed by two at once. Takes the lock of
 * {@link lockDeciding}; `emit`s `nudge.decided` for those to whom something is to be done.
 */
export async function decideBatch(tx: Tx, batch: DecisionBatch, now: Instant): Promise<DecisionCounts> {
  await lockDeciding(tx);
  const { settings, version } = batch.policy;
  const campaignId = couponCampaignOf(settings);
  const memberIds = batch.candidates.map((candidate) => candidate.memberId);
  const days = { asOf: batch.asOf, capDays: settings.frequencyCap.days, grantDays: settings.grantEveryDays };
  const histories = await historiesOf(tx, memberIds, days);
  const promisedSince = firstIdAt(addMs(now, -GRANT_DUE_MS));
  const coupons = await couponSupply(tx, { campaignId, promisedSince, memberIds }, now);
  let budgetLeft = await openBudget(tx, settings.monthlyBudget, now);
  let couponsLeft = coupons.left;
  const rows: Decided[] = [];
  for (const candidate of batch.candidates) {
    const history = histories.get(candidate.memberId);
    if (history === undefined || history.decidedToday) continue;
    const heldOut = isHeldOut(tx.communityId, candidate.memberId, settings.holdoutPercent);
    const facts = factsOf(candidate, history, coupons, heldOut);
    const draw = drawOf(`${tx.communityId}:${version}:${batch.asOf}`, candidate.memberId);
    const decision = decide(facts, settings, { budgetLeft, couponsLeft }, draw);
    budgetLeft -= decision.cost;
    if (decision.action === "grant-coupon") couponsLeft -= 1;
    rows.push({ ...decision, id: newId(now), candidate, heldOut });
  }
  await insertDecisions(tx, batch, rows, now);
  const cost = rows.reduce((sum, row) => sum + row.cost, 0);
  if (cost > 0) await spendBudget(tx, cost, now);
  const treated = rows.filter((row) => row.action !== "nothing");
  await emitAll(
    tx,
    treated.map(({ id, candidate, action }) => ({
      type: "nudge.decided",
      decisionId: id,
      memberId: candidate.memberId,
      action,
    })),
    now,
  );
  return { decided: rows.length, heldOut: rows.filter((row) => row.heldOut).length, treated: treated.length, cost };
}

function factsOf(candidate: Candidate, history: History, coupons: CouponSupply, heldOut: boolean) {
  const couponsHad = (coupons.usesOf.get(candidate.memberId) ?? 0) + history.couponsPromised;
  const mayOwnCoupon = couponsHad < coupons.perMemberMax;
  return { ...history, mayOwnCoupon, heldOut, probability: candidate.probability };
}

const insert = prepared(
  "nudge_decisions_insert",
  `insert into nudge_decisions (community_id, id, member_id, as_of, policy_version, model_version, probability, holdout, action,
     cost, action_set, left_out, decided_at, grant_state)
   select $1, id, member_id, $2::date, $3, model_version, probability, holdout, action, cost, action_set, left_out, $4,
     case when action in ('grant-points', 'grant-coupon') then 'promised' end
   from json_to_recordset($5::json) as r (id uuid, member_id uuid, model_version int, probability double precision,
     holdout boolean, action text, cost int, action_set jsonb, left_out jsonb)`,
);

async function insertDecisions(tx: Tx, batch: DecisionBatch, rows: readonly Decided[], now: Instant): Promise<void> {
  if (rows.length === 0) return;
  const records = rows.map(({ id, candidate, heldOut, action, cost, actionSet, leftOut }) => ({
    id,
    member_id: candidate.memberId,
    model_version: candidate.modelVersion,
    probability: candidate.probability,
    holdout: heldOut,
    action,
    cost,
    action_set: actionSet,
    left_out: leftOut,
  }));
  await insert(tx, [tx.communityId, batch.asOf, batch.policy.version, now, JSON.stringify(records)]);
}
