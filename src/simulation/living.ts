import { DAY_MS, HOUR_MS, SECOND_MS } from "../kernel/instant.ts";
import { CHURN_CAUSES, type Circumstances, causeRates, exposuresOf, hazardOf } from "./hazard-rules.ts";
import type { Learner } from "./person.ts";
import {
  BREAK_CHANCE,
  BREAK_MEAN_DAYS,
  BREAK_MIN_DAYS,
  type DayRhythm,
  expectedVisits,
  isSaleDay,
  nextHabit,
} from "./rhythm-rules.ts";
import { lessonsBehind } from "./studying.ts";
import { type GivenTreatment, hazardMultiplier, type TreatmentPolicy } from "./treatment-rules.ts";

/**
 * One day of one learner: first the policy may treat them, then they may leave, then they may come. Returns when they visit, or null.
 * The policy is asked about those who have left as well: it cannot know.
 */
export function liveDay(
  learner: Learner,
  dayIndex: number,
  dayMs: number,
  rhythm: DayRhythm,
  policy: TreatmentPolicy | null,
): number | null {
  if (policy !== null) treat(learner, dayIndex, dayMs, policy);
  if (learner.leftMs !== null) return null;
  const circumstances = circumstancesOf(learner, dayIndex, dayMs);
  const exposures = exposuresOf(circumstances);
  const multiplier = hazardMultiplier(learner.archetype, learner.group, treatmentsBy(learner, dayIndex));
  const rates = causeRates(exposures, learner.profile, learner.habit, multiplier);
  learner.hazard = hazardOf(rates);
  learner.hazardSum += learner.hazard;
  learner.daysAtRisk += 1;
  for (let index = 0; index < CHURN_CAUSES.length; index += 1) {
    learner.exposureDays[index]! += exposures[CHURN_CAUSES[index]!];
  }
  learner.failuresRecent *= FAILURE_FADING;
  if (learner.hazardSum >= learner.threshold) {
    const cause = learner.rng.fork("cause");
    learner.leftMs = Math.max(dayMs, learner.lastActiveMs + SECOND_MS);
    learner.cause = cause.weighted(
      CHURN_CAUSES,
      CHURN_CAUSES.map((name) => rates[name]),
    );
    return null;
  }
  const visits = expectedVisits({
    visitsPerDay: learner.visitsPerDay,
    rhythm: rhythm.factor,
    tenureDays: circumstances.tenureDays,
    fadeDays: learner.profile.fadeDays,
    habit: learner.habit,
    pull: pullOf(learner, dayIndex, dayMs),
    hazard: learner.hazard,
  });
  const active = !isAway(learner, dayMs) && learner.rng.chance(1 - Math.exp(-visits));
  learner.habit = nextHabit(learner.habit, active);
  if (!active) return null;
  const hour = learner.rng.weighted(HOURS, rhythm.hourWeights);
  const visitMs = dayMs + hour * HOUR_MS + learner.rng.int(0, 3599) * SECOND_MS;
  // A visit that began before midnight may still be going on.
  return visitMs > learner.lastActiveMs ? visitMs : null;
}

/** A failed quiz weighs half after a week. */
const FAILURE_FADING = 2 ** (-1 / 7);
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** Whether a break is on; begins one by chance. Breaks look like leaving and are not: what a churn model cannot know. */
function isAway(learner: Learner, dayMs: number): boolean {
  if (dayMs < learner.awayUntilMs) return true;
  if (!learner.rng.chance(BREAK_CHANCE)) return false;
  learner.awayUntilMs = dayMs + (BREAK_MIN_DAYS + learner.rng.exponential(BREAK_MEAN_DAYS)) * DAY_MS;
  return true;
}

function circumstancesOf(learner: Learner, dayIndex: number, dayMs: number): Circumstances {
  const { firstQuestion, firstWroteMs, lastHeardMs, finishedMs } = learner;
  const waits = firstQuestion !== null && firstQuestion.firstAnswerMs === null;
  return {
    tenureDays: daysBetween(learner.record.joinedAt.getTime(), dayMs),
    habit: learner.habit,
    waitingDays: waits ? daysBetween(firstQuestion.atMs, dayMs) : null,
    lessonsBehind: lessonsBehind(learner, dayMs),
    failuresRecent: learner.failuresRecent,
    unheardDays: firstWroteMs !== null && lastHeardMs === null ? daysBetween(firstWroteMs, dayMs) : null,
    finishedDays: finishedMs === null ? null : daysBetween(finishedMs, dayMs),
    dealDays: learner.archetype === "deal-seeker" ? daysWithoutSale(dayIndex) : null,
  };
}

/** Days from one moment to another, with fractions; 0 when a visit of the day before still goes on. */
function daysBetween(fromMs: number, toMs: number): number {
  return Math.max(0, (toMs - fromMs) / DAY_MS);
}

/** What brings people back: something addressed to them in the last three days; for deal-seekers, a sale. */
function pullOf(learner: Learner, dayIndex: number, dayMs: number): number {
  const heard = learner.lastHeardMs !== null && dayMs - learner.lastHeardMs < 3 * DAY_MS ? 1.5 : 1;
  const sale = learner.archetype === "deal-seeker" && isSaleDay(dayIndex) ? 2.2 : 1;
  return heard * sale;
}

function daysWithoutSale(dayIndex: number): number {
  let days = 0;
  while (days < dayIndex && !isSaleDay(dayIndex - days)) days += 1;
  return days;
}

function treat(learner: Learner, dayIndex: number, dayMs: number, policy: TreatmentPolicy): void {
  const kind = policy({
    memberKey: learner.record.key,
    locale: learner.record.locale,
    tenureDays: dayIndex - learner.joinDay,
    idleDays: daysBetween(learner.lastActiveMs, dayMs),
    visits: learner.visits,
    lessonsCompleted: learner.lessonsCompleted,
    quizzesFailed: learner.quizzesFailed,
    treatments: treatmentsBy(learner, dayIndex),
  });
  if (kind !== null) learner.treatments.push({ kind, dayIndex });
}

function treatmentsBy(learner: Learner, dayIndex: number): GivenTreatment[] {
  return learner.treatments.map(({ kind, dayIndex: given }) => ({ kind, daysAgo: dayIndex - given }));
}
