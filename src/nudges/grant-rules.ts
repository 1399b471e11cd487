import type { Assignment } from "../coupons/code-actions.ts";

/** Why something that was decided is not given. */
export const GRANT_OBSTACLES = [
  "no-consent",
  "suspended",
  "campaign-over",
  "campaign-not-begun",
  "no-codes-left",
  "no-uses-left",
  "member-limit",
  "overdue",
] as const;

export type GrantObstacle = (typeof GRANT_OBSTACLES)[number];

/** Those that keep a coupon from being given. */
export type CouponObstacle = Exclude<Assignment["kind"], "assigned">;

const PASSING: ReadonlySet<GrantObstacle> = new Set<CouponObstacle>([
  "campaign-not-begun",
  "no-codes-left",
  "no-uses-left",
  "member-limit",
]);

/** Whether it may pass while a grant is due: codes are added, holds end. What does not pass takes the promise back at once. */
export function mayPass(obstacle: GrantObstacle): boolean {
  return PASSING.has(obstacle);
}

/** What must hold of a member when something is given to them, whatever held when it was decided. */
export interface Recipient {
  readonly suspended: boolean;
  readonly consentsToNudges: boolean;
}

/** Why a member is given nothing at all; null when they may be. */
export function whyNotGiven({ suspended, consentsToNudges }: Recipient): GrantObstacle | null {
  if (suspended) return "suspended";
  return consentsToNudges ? null : "no-consent";
}
