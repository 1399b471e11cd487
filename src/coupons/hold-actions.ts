import { assertMayContribute, type Viewer } from "../identity/viewer.ts";
import { assert } from "../kernel/assert.ts";
import { type Id, newId } from "../kernel/ids.ts";
import { addMs, type Instant, MINUTE_MS } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Crypto } from "../platform/crypto.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import { emit } from "../platform/outbox/emit.ts";
import { isOpen, usesLeft } from "./campaign-rules.ts";
import { readCode } from "./code-rules.ts";
import { lockSweptCampaign } from "./expiry-actions.ts";
import {
  type CodeCandidate,
  candidateByCodeId,
  candidateByHash,
  candidatesOfMember,
  redemptionsById,
  usesOfMember,
} from "./redemption-queries.ts";
import type { Redemption } from "./redemption-rules.ts";

/** Which coupon to hold: one whose code the member has, or one of theirs in a campaign. */
export type CouponChoice = { readonly code: string } | { readonly campaignId: Id };

const takeUse = prepared(
  "coupon_campaign_take_use",
  "update coupon_campaigns set uses_taken = uses_taken + 1, uses_reserved = uses_reserved - $3 where community_id = $1 and id = $2",
);

const insertHold = prepared(
  "redemption_hold",
  `insert into coupon_redemptions (community_id, id, campaign_id, code_id, member_id, state, held_at, held_until)
   values ($1, $2, $3, $4, $5, 'held', $6, $7)`,
);

/**
 * Reserves a coupon for the viewer until the campaign's hold time is over. Holding what one holds already changes nothing.
 * Limits are exact however many ask at once: everything is looked at again under the campaign's lock. A code of one's own has
 * its use kept since it was given; other codes share what is left.
 *
 * @throws Refusal `coupon.unknown` alike for a code that does not exist, is somebody else's, is used or is out of date, so
 * that guessing teaches nothing; `coupon.campaign-closed` for one's own; `coupon.exhausted`, `coupon.member-limit`; and
 * `input.invalid` for a mistyped code, which its check character alone tells.
 */
export async function holdCoupon(
  tx: Tx,
  crypto: Crypto,
  viewer: Viewer,
  choice: CouponChoice,
  now: Instant,
): Promise<Redemption> {
  assertMayContribute(viewer);
  const found =
    "code" in choice ? await byCode(tx, crypto, choice.code) : await ofViewer(tx, viewer, choice.campaignId);
  assertUsable(found, viewer, now);
  const campaign = await lockSweptCampaign(tx, found.campaignId, found.codeId, now);
  assert(campaign, "a code's campaign exists");
  const candidate = await candidateByCodeId(tx, found.codeId);
  assertUsable(candidate, viewer, now);
  if (candidate.redemptionId !== null) return heldAlready(tx, candidate.redemptionId);
  const own = candidate.ownerId !== null;
  const kept = own ? 1 : 0;
  if (usesLeft(campaign, own) === 0) throw new Refusal("coupon.exhausted", { campaignId: campaign.id });
  if ((await usesOfMember(tx, campaign.id, viewer.memberId)) - kept >= campaign.perMemberMax) {
    throw new Refusal("coupon.member-limit", { campaignId: campaign.id, max: campaign.perMemberMax });
  }
  const redemption: Redemption = {
    communityId: tx.communityId,
    id: newId(now),
    campaignId: campaign.id,
    codeId: candidate.codeId,
    memberId: viewer.memberId,
    state: "held",
    heldAt: now,
    heldUntil: addMs(now, campaign.holdMinutes * MINUTE_MS),
    orderReference: null,
    settledAt: null,
  };
  await takeUse(tx, [tx.communityId, campaign.id, kept]);
  const { id, campaignId, codeId, memberId, heldAt, heldUntil } = redemption;
  await insertHold(tx, [tx.communityId, id, campaignId, codeId, memberId, heldAt, heldUntil]);
  await emit(tx, { type: "coupon.held", redemptionId: id, campaignId, memberId }, now);
  return redemption;
}

async function byCode(tx: Tx, crypto: Crypto, text: string): Promise<CodeCandidate | null> {
  const code = readCode(text);
  if (code === null) {
    throw new Refusal("input.invalid", { reason: "the code is mistyped: compare it with the original" }, "code");
  }
  return candidateByHash(tx, crypto.keyedHashes("coupon.code", code));
}

async function ofViewer(tx: Tx, viewer: Viewer, campaignId: Id): Promise<CodeCandidate | null> {
  const [first] = await candidatesOfMember(tx, campaignId, viewer.memberId);
  return first ?? null;
}

/** @throws Refusal unless the viewer may hold this code, or holds it already. */
function assertUsable(
  candidate: CodeCandidate | null,
  viewer: Viewer,
  now: Instant,
): asserts candidate is CodeCandidate {
  const unknown = () => new Refusal("coupon.unknown", {});
  if (candidate === null) throw unknown();
  const { ownerId, redemptionMemberId, redemptionState, heldUntil } = candidate;
  if (ownerId !== null && ownerId !== viewer.memberId) throw unknown();
  if (candidate.codeState === "redeemed" || redemptionState === "committed") throw unknown();
  const onHold = redemptionState === "held" && heldUntil !== null && heldUntil > now;
  if (onHold && redemptionMemberId !== viewer.memberId) throw unknown();
  if (onHold || isOpen(candidate, now)) return;
  if (ownerId === null) throw unknown();
  throw new Refusal("coupon.campaign-closed", { campaignId: candidate.campaignId });
}

async function heldAlready(tx: Tx, redemptionId: Id): Promise<Redemption> {
  const [redemption] = await redemptionsById(tx, [redemptionId]);
  assert(redemption, "a code's live redemption exists");
  return redemption;
}
