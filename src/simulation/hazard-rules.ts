import type { ArchetypeProfile } from "./archetype-catalogue.ts";
import type { ChurnCause } from "./kinds.ts";

/** λ꜀: leavings a day at full exposure, for susceptibility 1 and without habit. */
const CAUSE_RATES: Readonly<Record<ChurnCause, number>> = {
  drift: 0.002,
  "early-doubt": 0.009,
  "unanswered-question": 0.18,
  "fell-behind": 0.025,
  "failed-quizzes": 0.085,
  "no-replies": 0.07,
  "course-finished": 0.08,
  "no-deal": 0.035,
};

export const CHURN_CAUSES = Object.keys(CAUSE_RATES) as readonly ChurnCause[];

/** What a member is going through today, in plain quantities. */
export interface Circumstances {
  readonly tenureDays: number;
  /** Moving share of active days, in [0, 1]. */
  readonly habit: number;
  /** Days that the first question has been waiting for its first answer; null when it has one, or none was asked. */
  readonly waitingDays: number | null;
  /** Lessons done fewer than the pace asks for; 0 without a course. */
  readonly lessonsBehind: number;
  /** Failed quizzes, each fading with a half-life of a week. */
  readonly failuresRecent: number;
  /** Days since the first contribution, while nobody has replied to any; null otherwise. */
  readonly unheardDays: number | null;
  /** Days since the last course was finished; null while there is one to do. */
  readonly finishedDays: number | null;
  /** Days since the last sale; null for members who do not look for one. */
  readonly dealDays: number | null;
}

/** x꜀ ∈ [0, 1]: how far each cause is at work. */
export type Exposures = Readonly<Record<ChurnCause, number>>;

/**
 * drift 1; early-doubt e^(−tenure/6); unanswered 1 from day 2 to day 16; fell-behind (lag − 4)/5; failed-quizzes (failures − 0.5)/2;
 * no-replies 1 from day 4 to day 24; course-finished days/4; no-deal (days − 14)/12; all clipped to [0, 1].
 */
export function exposuresOf(member: Circumstances): Exposures {
  return {
    drift: 1,
    "early-doubt": Math.exp(-member.tenureDays / 6),
    "unanswered-question": within(member.waitingDays, 2, 16),
    "fell-behind": unit((member.lessonsBehind - 4) / 5),
    "failed-quizzes": unit((member.failuresRecent - 0.5) / 2),
    "no-replies": within(member.unheardDays, 4, 24),
    "course-finished": member.finishedDays === null ? 0 : unit(member.finishedDays / 4),
    "no-deal": member.dealDays === null ? 0 : unit((member.dealDays - 14) / 12),
  };
}

/** The daily rate of leaving by each cause: λ꜀·s꜀·x꜀·m, and for drift and falling behind also ·e^(−1.8·habit). */
export type CauseRates = Readonly<Record<ChurnCause, number>>;

/**
 * Competing risks: λ = Σ꜀ λ꜀·s꜀·x꜀·m, where s is the archetype's susceptibility, x the exposure, and m what treatments and the
 * member's own disposition multiply it by (see `treatment-rules.ts`). A member leaves on the day that ∫λ reaches a threshold drawn
 * once from Exp(1), hence P(stay d days) = e^(−∫λ); given that they leave on a day, the cause is c with probability λ꜀/λ.
 */
export function causeRates(
  exposures: Exposures,
  profile: ArchetypeProfile,
  habit: number,
  multiplier: number,
): CauseRates {
  const { susceptibility } = profile;
  const habitual = multiplier * Math.exp(-1.8 * habit);
  return {
    drift: rateOf("drift", susceptibility, exposures, habitual),
    "early-doubt": rateOf("early-doubt", susceptibility, exposures, multiplier),
    "unanswered-question": rateOf("unanswered-question", susceptibility, exposures, multiplier),
    "fell-behind": rateOf("fell-behind", susceptibility, exposures, habitual),
    "failed-quizzes": rateOf("failed-quizzes", susceptibility, exposures, multiplier),
    "no-replies": rateOf("no-replies", susceptibility, exposures, multiplier),
    "course-finished": rateOf("course-finished", susceptibility, exposures, multiplier),
    "no-deal": rateOf("no-deal", susceptibility, exposures, multiplier),
  };
}

/** λ꜀·s꜀·x꜀·m of one cause. */
function rateOf(
  cause: ChurnCause,
  susceptibility: ArchetypeProfile["susceptibility"],
  exposures: Exposures,
  multiplier: number,
): number {
  return CAUSE_RATES[cause] * (susceptibility[cause] ?? 1) * exposures[cause] * multiplier;
}

/** λ: the sum over causes. */
export function hazardOf(rates: CauseRates): number {
  let sum = 0;
  for (const cause of CHURN_CAUSES) sum += rates[cause];
  return sum;
}

function within(days: number | null, from: number, to: number): number {
  return days !== null && days >= from && days <= to ? 1 : 0;
}

function unit(value: number): number {
  return Math.min(Math.max(value, 0), 1);
}
