import type { Id } from "./ids.ts";

/**
 * Everything the product may refuse, and the facts that explain it. A closed list: a code that is not here cannot be thrown,
 * and every code has its sentence in English and Chinese (`schema/errors/refusal-messages.ts`).
 */
export interface Refusals {
  "input.invalid": { reason: string };
  "input.too-long": { max: number };
  "not-found": { what: string; id: string };
  "not-allowed": { what: string };
  "idempotency-key.reused": { key: string };
  "revision.outdated": { seen: number; current: number };
  "member.suspended": { until: string | null };
  "community.slug-taken": { slug: string };
  "space.slug-taken": { slug: string };
  "space.posting-restricted": { spaceId: Id };
  "space.no-anonymity": { spaceId: Id };
  "entitlement.reference-used": { reference: string };
  "entitlement.revoked": { entitlementId: Id };
  "thread.closed": { threadId: Id };
  "thread.locked": { threadId: Id };
  "thread.pins-full": { spaceId: Id; max: number };
  "poll.closed": { threadId: Id };
  "poll.none": { threadId: Id };
  "draft.too-many": { max: number };
  "thread.slow-mode": { retryAfterSeconds: number };
  "thread.has-replies": { threadId: Id; replies: number };
  "thread.not-a-question": { threadId: Id };
  "post.not-an-answer": { postId: Id };
  "post.hidden": { postId: Id };
  "post.not-hidden": { postId: Id };
  "post.not-deleted": { postId: Id };
  "post.undelete-expired": { postId: Id; hours: number };
  "post.accepted": { postId: Id };
  "vote.own-post": { postId: Id };
  "answer.already-accepted": { threadId: Id; postId: Id };
  "answer.not-accepted": { threadId: Id };
  "report.own-post": { postId: Id };
  "report.already-made": { reportId: Id };
  "report.resolved": { reportId: Id };
  "points.insufficient": { balance: number; needed: number };
  "coupon.unknown": Record<string, never>;
  "coupon.campaign-closed": { campaignId: Id };
  "coupon.exhausted": { campaignId: Id };
  "coupon.member-limit": { campaignId: Id; max: number };
  "coupon.hold-expired": { redemptionId: Id };
  "coupon.not-held": { redemptionId: Id; state: string };
  "budget.exhausted": { budget: string };
  "rule.unknown-event": { eventType: string };
  "import.unreadable": { file: string; reason: string; remedy: string };
}

export type RefusalCode = keyof Refusals;

/**
 * A request that the rules do not allow: rolls the transaction back and reaches the client as a user error.
 * Takes the name of the input field at fault where there is one.
 */
export class Refusal<Code extends RefusalCode = RefusalCode> extends Error {
  override readonly name = "Refusal";
  readonly code: Code;
  readonly data: Refusals[Code];
  readonly field: string | null;

  constructor(code: Code, data: Refusals[Code], field: string | null = null) {
    super(code);
    this.code = code;
    this.data = data;
    this.field = field;
  }
}
