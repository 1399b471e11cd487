import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";

/** Pinned threads of a space at a time: they stand above its feed, and push it off the screen. */
export const PINS_MAX = 5;
const SLOW_MODE_SECONDS_MAX = 7 * 24 * 3_600;

/** Until when a thread is pinned; null for good. @throws Refusal naming the field `until`, for a time that is over. */
export function readPinEnd(until: Instant | null, now: Instant): Instant | null {
  if (until !== null && !(until > now)) throw invalid("give a time that is still to come", "until");
  return until;
}

/** @throws Refusal naming the field `seconds`. */
export function assertThreadSlowMode(seconds: number): void {
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= SLOW_MODE_SECONDS_MAX) return;
  throw invalid(`slow mode makes members wait for 0 to ${SLOW_MODE_SECONDS_MAX} seconds`, "seconds");
}

export function invalid(reason: string, field: string): Refusal {
  return new Refusal("input.invalid", { reason }, field);
}
