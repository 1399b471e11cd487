import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";

/** What makes an entitlement one: who granted it, and what they call it. */
export interface Receipt {
  /** Such as `shop`. */
  readonly source: string;
  /** Such as an order line; a source uses it once. */
  readonly reference: string;
}

export interface EntitlementGrant extends Receipt {
  readonly memberId: Id;
  /** What was bought, as the shop calls it. */
  readonly product: string;
  /** The run of the product that the member belongs to. */
  readonly cohort: string | null;
  /** From when it counts; null for now. */
  readonly startsAt: Instant | null;
  /** The first moment at which it no longer counts; null for one that stays. */
  readonly endsAt: Instant | null;
}

const TERM_CHARACTERS_MAX = 200;
const REASON_CHARACTERS_MAX = 1_000;

/** A grant as it is stored. @throws Refusal `input.invalid` or `input.too-long` naming the field. */
export function readGrant(input: EntitlementGrant, now: Instant): EntitlementGrant & { readonly startsAt: Instant } {
  const startsAt = input.startsAt ?? now;
  if (input.endsAt !== null && input.endsAt <= startsAt) {
    throw new Refusal("input.invalid", { reason: "an entitlement ends after it starts" }, "endsAt");
  }
  return {
    memberId: input.memberId,
    product: readTerm(input.product, "product"),
    cohort: input.cohort === null ? null : readTerm(input.cohort, "cohort"),
    startsAt,
    endsAt: input.endsAt,
    source: readTerm(input.source, "source"),
    reference: readTerm(input.reference, "reference"),
  };
}

/** What tells a retry from another grant. When "now" was is not part of it. */
export function askedOf({ memberId, product, cohort, startsAt, endsAt }: EntitlementGrant): string {
  return JSON.stringify([memberId, product, cohort, startsAt, endsAt]);
}

/** @throws Refusal naming the field `reason`. */
export function readRevokedReason(raw: string): string {
  return readTerm(raw.trim(), "reason", REASON_CHARACTERS_MAX);
}

/** Taken as it is: what the shop calls something must stay what the shop calls it. */
function readTerm(text: string, field: string, charactersMax = TERM_CHARACTERS_MAX): string {
  if (text.length > charactersMax) throw new Refusal("input.too-long", { max: charactersMax }, field);
  if (text === "" || text !== text.trim() || /[\p{Control}\p{Surrogate}]/u.test(text)) {
    const reason = "give text without control characters, and without spaces around it";
    throw new Refusal("input.invalid", { reason }, field);
  }
  return text;
}
