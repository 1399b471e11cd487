/** What a member is like. */
export type Archetype =
  | "steady-learner"
  | "binge-learner"
  | "lurker"
  | "helper"
  | "deal-seeker"
  | "struggling-beginner";

/**
 * Why a member leaves. Each cause is a risk of its own that runs beside the others, so that every leaving has exactly one:
 *
 * - `drift`: no habit formed; always there.
 * - `early-doubt`: the first days, before the place means anything.
 * - `unanswered-question`: their first question has had no answer for two days.
 * - `fell-behind`: lessons done lag the course's pace.
 * - `failed-quizzes`: quizzes failed of late.
 * - `no-replies`: they wrote, and nobody ever replied to them.
 * - `course-finished`: nothing left that they bought.
 * - `no-deal`: deal-seekers only; no sale for weeks.
 */
export type ChurnCause =
  | "drift"
  | "early-doubt"
  | "unanswered-question"
  | "fell-behind"
  | "failed-quizzes"
  | "no-replies"
  | "course-finished"
  | "no-deal";

/** What may be done for a member. */
export type TreatmentKind = "nudge" | "coupon";

/**
 * How a member answers, drawn once by archetype and hidden from the product: the four groups that uplift models look for.
 *
 * - `persuadable`: stays if treated.
 * - `sure-thing`: stays anyway.
 * - `lost-cause`: leaves anyway.
 * - `do-not-disturb`: leaves *because* they were reminded.
 */
export type ResponseGroup = "persuadable" | "sure-thing" | "lost-cause" | "do-not-disturb";

export const RESPONSE_GROUPS: readonly ResponseGroup[] = ["persuadable", "sure-thing", "lost-cause", "do-not-disturb"];
