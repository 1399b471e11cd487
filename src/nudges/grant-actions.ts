import { type GrantState, incentiveGrants } from "../../drizzle/tables/nudges.ts";
import { assignCoupon } from "../coupons/code-actions.ts";
import { assert } from "../kernel/assert.ts";
import { type Id, newId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import { emit } from "../platform/outbox/emit.ts";
import { grantPoints } from "../rewards/points-actions.ts";
import { type DueGrant, lockRecipient } from "./grant-queries.ts";
import { type CouponObstacle, type GrantObstacle, mayPass, whyNotGiven } from "./grant-rules.ts";
import type { PolicyAction } from "./policy-rules.ts";
import { withdrawGrant } from "./withdrawal-actions.ts";

export type GrantResult =
  | { readonly kind: "granted"; readonly grantId: Id }
  | { readonly kind: "already-granted" | "already-withdrawn" }
  /** It is not given now, and is tried again while it is due. */
  | { readonly kind: "not-yet"; readonly reason: GrantObstacle }
  | { readonly kind: "withdrawn"; readonly reason: GrantObstacle };

/** Not stronger, because a delivery that is being written refers to the decision and must not wait. */
const lockDecision = prepared<{ grant_state: GrantState | null }>(
  "grant_lock_decision",
  "select grant_state from nudge_decisions where community_id = $1 and id = $2 for no key update",
);

const markGiven = prepared(
  "grant_mark_given",
  "update nudge_decisions set grant_state = 'given', grant_reason = null where community_id = $1 and id = $2",
);

const noteObstacle = prepared(
  "grant_note_obstacle",
  `update nudge_decisions set grant_reason = $3
   where community_id = $1 and id = $2 and grant_reason is distinct from $3`,
);

/**
 * Gives what a decision promised, once: the decision's row orders two that try, and the grant, what was given and the record of it
 * commit together. Whether the member may be given anything is looked at again under their lock, so that a no or a suspension since
 * the decision counts; then, or when the campaign is over, the promise is withdrawn and its cost returns to the budget. `action` is
 * the promise as the decision's policy version worded it.
 */
export async function grantIncentive(tx: Tx, due: DueGrant, action: PolicyAction, now: Instant): Promise<GrantResult> {
  const recipient = await lockRecipient(tx, due.memberId);
  const [decision] = await lockDecision(tx, [tx.communityId, due.decisionId]);
  if (decision?.grant_state === "given") return { kind: "already-granted" };
  if (decision?.grant_state !== "promised") return { kind: "already-withdrawn" };
  const unwelcome = whyNotGiven(recipient);
  const given = unwelcome === null ? await give(tx, due, action, now) : { kind: unwelcome };
  if (given.kind !== "given") return giveNothing(tx, due, given.kind, now);
  await markGiven(tx, [tx.communityId, due.decisionId]);
  const grantId = newId(now);
  const kind = action.action === "grant-points" ? "points" : "coupon";
  const { decisionId, memberId, cost } = due;
  await tx.sql.insert(incentiveGrants).values({
    communityId: tx.communityId,
    id: grantId,
    decisionId,
    memberId,
    kind,
    referenceId: given.referenceId,
    cost,
    grantedAt: now,
  });
  await emit(tx, { type: "incentive.granted", grantId, decisionId, memberId, kind }, now);
  return { kind: "granted", grantId };
}

async function giveNothing(tx: Tx, due: DueGrant, reason: GrantObstacle, now: Instant): Promise<GrantResult> {
  if (mayPass(reason)) {
    await noteObstacle(tx, [tx.communityId, due.decisionId, reason]);
    return { kind: "not-yet", reason };
  }
  await withdrawGrant(tx, due.decisionId, reason, now);
  return { kind: "withdrawn", reason };
}

type Given = { readonly kind: "given"; readonly referenceId: Id } | { readonly kind: CouponObstacle };

/** The ledger entry or coupon that was given, or why there was none to give. */
async function give(tx: Tx, due: DueGrant, action: PolicyAction, now: Instant): Promise<Given> {
  switch (action.action) {
    case "grant-points": {
      const { coins } = action;
      const cause = { causeKind: "incentive", causeId: due.decisionId, actorId: null };
      const posted = await grantPoints(tx, { memberId: due.memberId, experience: 0, coins, ...cause }, now);
      return { kind: "given", referenceId: posted.entryId };
    }
    case "grant-coupon": {
      const assigned = await assignCoupon(tx, { campaignId: action.campaignId, memberId: due.memberId }, now);
      return assigned.kind === "assigned" ? { kind: "given", referenceId: assigned.codeId } : assigned;
    }
    case "nudge":
      assert(false, "a nudge gives nothing");
  }
}
