import type { Instant } from "../kernel/instant.ts";
import { CHURN_CAUSES } from "./hazard-rules.ts";
import { type Archetype, type ChurnCause, type ResponseGroup, type TreatmentKind } from "./kinds.ts";
import type { Learner } from "./person.ts";
import type { SimulatedLocale } from "./records.ts";
import { treatmentHazardRatio } from "./treatment-rules.ts";

/** What no real community can tell: for judging churn models, uplift models and policies, never as their input. */
export interface MemberTruth {
  readonly memberKey: string;
  readonly locale: SimulatedLocale;
  readonly archetype: Archetype;
  readonly responseGroup: ResponseGroup;
  readonly joinedAt: Instant;
  /** When they decided never to come back; null while they stay. No activity is later. */
  readonly leftAt: Instant | null;
  readonly cause: ChurnCause | null;
  /** λ of the last day lived, per day: for those who stay, their true risk as of `now`. */
  readonly hazard: number;
  /** What a treatment today would multiply the hazard by; below 1 it helps. */
  readonly hazardRatios: Readonly<Record<TreatmentKind, number>>;
  /** Days after the first on which they could have left, and the sum over those days of each cause's exposure. */
  readonly daysAtRisk: number;
  readonly exposureDays: Readonly<Record<ChurnCause, number>>;
  /** How often the policy treated them, after they had left too. */
  readonly treatmentCounts: Readonly<Record<TreatmentKind, number>>;
}

/** A leaving that falls after `now` (within a visit cut short by it) has not happened yet. */
export function truthOf(learner: Learner, now: Instant): MemberTruth {
  const { archetype, group } = learner;
  const left = learner.leftMs !== null && learner.leftMs <= now.getTime();
  const count = (kind: TreatmentKind) => learner.treatments.filter((treatment) => treatment.kind === kind).length;
  return {
    memberKey: learner.record.key,
    locale: learner.record.locale,
    archetype,
    responseGroup: group,
    joinedAt: learner.record.joinedAt,
    leftAt: left ? new Date(learner.leftMs!) : null,
    cause: left ? learner.cause : null,
    hazard: learner.hazard,
    hazardRatios: {
      nudge: treatmentHazardRatio(archetype, group, "nudge"),
      coupon: treatmentHazardRatio(archetype, group, "coupon"),
    },
    daysAtRisk: learner.daysAtRisk,
    exposureDays: Object.fromEntries(
      CHURN_CAUSES.map((cause, index) => [cause, learner.exposureDays[index]]),
    ) as MemberTruth["exposureDays"],
    treatmentCounts: { nudge: count("nudge"), coupon: count("coupon") },
  };
}
