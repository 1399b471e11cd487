import { minuteOfDay } from "../kernel/calendar.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Addressee } from "./delivery-queries.ts";
import { isQuiet, type PolicySettings } from "./policy-rules.ts";

/** Why somebody is not told, or not by e-mail. */
export type SkipReason = "no-consent" | "suspended" | "no-address" | "past-day";

/** Why an addressee is not told at all; null when they are. */
export function whyNotTold(addressee: Pick<Addressee, "suspended" | "consentsToNudges">): SkipReason | null {
  if (addressee.suspended) return "suspended";
  return addressee.consentsToNudges ? null : "no-consent";
}

/**
 * Why an addressee gets no e-mail; null when they do.
 * @param live false when a past day is run again: nobody gets an e-mail today for what was decided then.
 */
export function whyNoMail(
  addressee: Pick<Addressee, "suspended" | "consentsToNudges" | "consentsToEmail" | "emailCipher">,
  live: boolean,
): SkipReason | null {
  const notTold = whyNotTold(addressee);
  if (notTold !== null) return notTold;
  if (!live) return "past-day";
  if (addressee.emailCipher === null) return "no-address";
  return addressee.consentsToEmail ? null : "no-consent";
}

/** Whether it is night where the addressee is. */
export function sleeps(
  addressee: Pick<Addressee, "timeZone">,
  quiet: PolicySettings["quietHours"],
  now: Instant,
): boolean {
  return isQuiet(minuteOfDay(addressee.timeZone, now), quiet);
}
