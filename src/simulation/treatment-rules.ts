import { type Archetype, type ResponseGroup, type TreatmentKind } from "./kinds.ts";

/** What belonging to a group multiplies the hazard by, untreated. */
const GROUP_HAZARD: Readonly<Record<ResponseGroup, number>> = {
  persuadable: 1.1,
  "sure-thing": 0.45,
  "lost-cause": 1.7,
  "do-not-disturb": 0.9,
};

/** What a treatment multiplies the hazard by on the day that it is given. */
const TREATED_HAZARD: Readonly<Record<ResponseGroup, Readonly<Record<TreatmentKind, number>>>> = {
  persuadable: { nudge: 0.45, coupon: 0.4 },
  "sure-thing": { nudge: 0.95, coupon: 0.95 },
  "lost-cause": { nudge: 1, coupon: 0.95 },
  "do-not-disturb": { nudge: 1.7, coupon: 1.15 },
};

/** Deal-seekers care for coupons, and little for words; helpers the other way round. Multiplies the logarithm of the ratio. */
const EMPHASIS: Readonly<Partial<Record<Archetype, Readonly<Record<TreatmentKind, number>>>>> = {
  "deal-seeker": { nudge: 0.4, coupon: 1.6 },
  helper: { nudge: 1.3, coupon: 0.4 },
};

/** An effect halves every week. */
const HALF_LIFE_DAYS = 7;
/** Each further treatment within a week tires everyone: log-hazard +0.2. */
const FATIGUE = 0.2;
const FATIGUE_WINDOW_DAYS = 7;

export interface GivenTreatment {
  readonly kind: TreatmentKind;
  readonly daysAgo: number;
}

/**
 * The ground truth of a treatment: the hazard ratio ρ of treated against untreated, `daysAgo` days after it was given:
 * log ρ(t) = e·log ρ₀·2^(−t/7), with ρ₀ of the response group and e the archetype's emphasis. Below 1 it helps.
 */
export function treatmentHazardRatio(
  archetype: Archetype,
  group: ResponseGroup,
  kind: TreatmentKind,
  daysAgo = 0,
): number {
  const emphasis = EMPHASIS[archetype]?.[kind] ?? 1;
  return Math.exp(emphasis * Math.log(TREATED_HAZARD[group][kind]) * 2 ** (-daysAgo / HALF_LIFE_DAYS));
}

/** m of `causeRates`: the group's own hazard, times every treatment's ratio, times e^0.2 for each treatment of the last week but one. */
export function hazardMultiplier(
  archetype: Archetype,
  group: ResponseGroup,
  treatments: readonly GivenTreatment[],
): number {
  let multiplier = GROUP_HAZARD[group];
  let recent = 0;
  for (const { kind, daysAgo } of treatments) {
    multiplier *= treatmentHazardRatio(archetype, group, kind, daysAgo);
    if (daysAgo < FATIGUE_WINDOW_DAYS) recent += 1;
  }
  return multiplier * Math.exp(FATIGUE * Math.max(0, recent - 1));
}

/** What a policy may know about a member when it decides, once a day. It does not know who has left. */
export interface MemberView {
  readonly memberKey: string;
  readonly locale: string;
  readonly tenureDays: number;
  /** Days since the last visit. */
  readonly idleDays: number;
  readonly visits: number;
  readonly lessonsCompleted: number;
  readonly quizzesFailed: number;
  readonly treatments: readonly GivenTreatment[];
}

/** Decides for one member on one day; called before the day's hazard. It must be deterministic for the run to be. */
export type TreatmentPolicy = (member: MemberView) => TreatmentKind | null;
