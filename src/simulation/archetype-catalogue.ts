import { type Archetype, type ChurnCause, type ResponseGroup } from "./kinds.ts";

/** What a kind of member tends to do. Rates are means; each member draws their own around them. */
export interface ArchetypeProfile {
  /** Share of all members who join. */
  readonly share: number;
  /** Expected visits on an average day, at the start and with a neutral habit. */
  readonly visitsPerDay: number;
  /** Days after which visits have faded to 1/e; Infinity for those who do not fade. */
  readonly fadeDays: number;
  /** Saturday's and Sunday's visits against a working day's. */
  readonly weekendFactor: number;
  readonly hours: "evening" | "late-night" | "daytime";
  /** Mean number of lessons begun in a visit. */
  readonly lessonsPerVisit: number;
  /** Log-odds of passing a quiz of average difficulty. */
  readonly skill: number;
  /** Probabilities a visit. */
  readonly asks: number;
  readonly discusses: number;
  readonly replies: number;
  readonly votes: number;
  /** Probability of buying a course in the first visit, and another after finishing one. */
  readonly buysAtOnce: number;
  readonly buysAgain: number;
  /** Multiplies a cause's rate of leaving (see `hazard-rules.ts`); 1 where it is not named. */
  readonly susceptibility: Readonly<Partial<Record<ChurnCause, number>>>;
  /** How the archetype divides into groups that answer a treatment alike (see `treatment-rules.ts`); sums to 1. */
  readonly responses: Readonly<Record<ResponseGroup, number>>;
}

export const ARCHETYPES: Readonly<Record<Archetype, ArchetypeProfile>> = {
  "steady-learner": {
    share: 0.26,
    visitsPerDay: 0.42,
    fadeDays: Number.POSITIVE_INFINITY,
    weekendFactor: 1.15,
    hours: "evening",
    lessonsPerVisit: 0.75,
    skill: 1.3,
    asks: 0.01,
    discusses: 0.012,
    replies: 0.084,
    votes: 0.165,
    buysAtOnce: 0.85,
    buysAgain: 0.5,
    susceptibility: { drift: 0.6, "early-doubt": 0.5, "fell-behind": 1.3 },
    responses: { persuadable: 0.3, "sure-thing": 0.55, "lost-cause": 0.1, "do-not-disturb": 0.05 },
  },
  "binge-learner": {
    share: 0.15,
    visitsPerDay: 0.88,
    fadeDays: 26,
    weekendFactor: 1.5,
    hours: "late-night",
    lessonsPerVisit: 1.4,
    skill: 1.1,
    asks: 0.013,
    discusses: 0.009,
    replies: 0.05,
    votes: 0.11,
    buysAtOnce: 0.9,
    buysAgain: 0.25,
    susceptibility: { drift: 1.6, "course-finished": 2, "fell-behind": 0.6 },
    responses: { persuadable: 0.25, "sure-thing": 0.1, "lost-cause": 0.5, "do-not-disturb": 0.15 },
  },
  lurker: {
    share: 0.21,
    visitsPerDay: 0.23,
    fadeDays: Number.POSITIVE_INFINITY,
    weekendFactor: 0.9,
    hours: "daytime",
    lessonsPerVisit: 0.35,
    skill: 1,
    asks: 0.003,
    discusses: 0.002,
    replies: 0.01,
    votes: 0.193,
    buysAtOnce: 0.45,
    buysAgain: 0.2,
    susceptibility: { drift: 1.5, "fell-behind": 0.4, "no-replies": 1.5 },
    responses: { persuadable: 0.15, "sure-thing": 0.25, "lost-cause": 0.2, "do-not-disturb": 0.4 },
  },
  helper: {
    share: 0.06,
    visitsPerDay: 0.51,
    fadeDays: Number.POSITIVE_INFINITY,
    weekendFactor: 1,
    hours: "evening",
    lessonsPerVisit: 0.4,
    skill: 1.8,
    asks: 0.004,
    discusses: 0.026,
    replies: 0.462,
    votes: 0.33,
    buysAtOnce: 0.8,
    buysAgain: 0.6,
    susceptibility: { drift: 0.5, "early-doubt": 0.4, "no-replies": 2, "course-finished": 0.3 },
    responses: { persuadable: 0.15, "sure-thing": 0.75, "lost-cause": 0.05, "do-not-disturb": 0.05 },
  },
  "deal-seeker": {
    share: 0.14,
    visitsPerDay: 0.27,
    fadeDays: Number.POSITIVE_INFINITY,
    weekendFactor: 1.3,
    hours: "daytime",
    lessonsPerVisit: 0.45,
    skill: 1,
    asks: 0.005,
    discusses: 0.009,
    replies: 0.042,
    votes: 0.11,
    buysAtOnce: 0.5,
    buysAgain: 0.3,
    susceptibility: { drift: 1.2, "no-deal": 1, "early-doubt": 1.3 },
    responses: { persuadable: 0.45, "sure-thing": 0.2, "lost-cause": 0.25, "do-not-disturb": 0.1 },
  },
  "struggling-beginner": {
    share: 0.18,
    visitsPerDay: 0.42,
    fadeDays: Number.POSITIVE_INFINITY,
    weekendFactor: 1.2,
    hours: "evening",
    lessonsPerVisit: 0.6,
    skill: -0.3,
    asks: 0.025,
    discusses: 0.007,
    replies: 0.042,
    votes: 0.138,
    buysAtOnce: 0.8,
    buysAgain: 0.2,
    susceptibility: { "early-doubt": 1.3, "unanswered-question": 1.5, "failed-quizzes": 1.3 },
    responses: { persuadable: 0.55, "sure-thing": 0.15, "lost-cause": 0.2, "do-not-disturb": 0.1 },
  },
};

export const ARCHETYPE_NAMES = Object.keys(ARCHETYPES) as readonly Archetype[];
