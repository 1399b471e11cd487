import { incentiveGrants } from "../../drizzle/tables/nudges.ts";
import { type Assignment, assignCoupon } from "../coupons/code-actions.ts";
import { assert } from "../kernel/assert.ts";
import { type Id, newId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import { emit } from "../platform/outbox/emit.ts";
import { grantPoints } from "../rewards/points-actions.ts";
import type { DueGrant } from "./grant-queries.ts";
import type { PolicyAction } from "./policy-rules.ts";

export type GrantResult =
  | { readonly kind: "granted"; readonly grantId: Id }
  | { readonly kind: "already-granted" }
  | Exclude<Assignment, { kind: "assigned" }>;

/** Not stronger, because a delivery that is being written refers to the decision and must not wait. */
const lockDecision = prepared(
  "grant_lock_decision",
  "select from nudge_decisions where community_id = $1 and id = $2 for no key update",
);

const findGrant = prepared<{ id: Id }>(
  "grant_find",
  "select id from incentive_grants where community_id = $1 and decision_id = $2",
);

/**
 * Gives what a decision promised, once: the decision's row orders two that try, and the grant, what was given and the record of it
 * commit together. `action` is the promise as the decision's policy version worded it.
 */
export async function grantIncentive(tx: Tx, due: DueGrant, action: PolicyAction, now: Instant): Promise<GrantResult> {
  await lockDecision(tx, [tx.communityId, due.decisionId]);
  const earlier = await findGrant(tx, [tx.communityId, due.decisionId]);
  if (earlier.length > 0) return { kind: "already-granted" };
  const given = await give(tx, due, action, now);
  if (given.kind !== "given") return given;
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

type Given = { readonly kind: "given"; readonly referenceId: Id } | Exclude<Assignment, { kind: "assigned" }>;

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
