import { CHURN, cutoffsBetween, splitInTime } from "../../src/churn/label-rules.ts";
import { type EventKind, OWN_KINDS } from "../../src/events/tracking-plan-catalogue.ts";
import { assert } from "../../src/kernel/assert.ts";
import { type Day, dayIn } from "../../src/kernel/calendar.ts";
import { DAY_MS } from "../../src/kernel/instant.ts";
import { fitLogistic, predictLogistic } from "../../src/math/logistic.ts";
import { matrixFromRows } from "../../src/math/matrix.ts";
import { rocAuc } from "../../src/math/metrics.ts";
import { fitStandardisation, standardise } from "../../src/math/standardise.ts";
import type { SimulationRecord } from "../../src/simulation/records.ts";
import { activitiesOf, NOW, ofType } from "./recorded-community.ts";

const COUNTED: readonly EventKind[] = [
  "login",
  "page.viewed",
  "lesson.completed",
  "video.watched",
  "quiz.submitted",
  "question.asked",
  "answer.posted",
  "vote.cast",
  "answer.received",
  "vote.received.up",
];

/**
 * How well a plain logistic regression on activity tells who falls silent, by the product's own definition of churn: its population,
 * horizon, cutoffs and split in time. Days are UTC here.
 */
export function churnSignal(records: readonly SimulationRecord[]) {
  const activities = activitiesOf(records);
  const joins = new Map(ofType(records, "member").map(({ key, joinedAt, role }) => [key, { joinedAt, role }]));
  const first = ofType(records, "activity")[0];
  assert(first !== undefined, "somebody was active");
  const split = splitInTime(cutoffsBetween(dayIn("UTC", first.occurredAt), dayIn("UTC", NOW)));
  assert(split !== null, "the history is long enough to learn from and to judge");

  const rowsAt = (cutoff: Day) => {
    const cutoffMs = Date.parse(`${cutoff}T00:00:00Z`) + DAY_MS;
    const rows: { features: number[]; label: number }[] = [];
    for (const [memberKey, all] of activities) {
      const { joinedAt, role } = joins.get(memberKey)!;
      if (role !== "member") continue;
      const past = all.filter(({ occurredAt }) => +occurredAt < cutoffMs);
      const own = past.filter(({ kind }) => OWN_KINDS.includes(kind));
      const idleDays = (cutoffMs - +(own.at(-1)?.occurredAt ?? 0)) / DAY_MS;
      if (idleDays > CHURN.populationDays) continue;
      const within = (days: number) => past.filter(({ occurredAt }) => +occurredAt >= cutoffMs - days * DAY_MS);
      const count = (days: number, kind: EventKind) => within(days).filter((one) => one.kind === kind).length;
      const activeDays = (days: number) => new Set(within(days).map(({ occurredAt }) => dayIn("UTC", occurredAt))).size;
      const horizonMs = cutoffMs + CHURN.horizonDays * DAY_MS;
      const stays = all.some(
        ({ kind, occurredAt }) => +occurredAt >= cutoffMs && +occurredAt < horizonMs && OWN_KINDS.includes(kind),
      );
      rows.push({
        label: stays ? 0 : 1,
        features: [
          Math.log1p(idleDays),
          Math.log1p((cutoffMs - +joinedAt) / DAY_MS),
          ...COUNTED.flatMap((kind) => [Math.log1p(count(7, kind)), Math.log1p(count(30, kind))]),
          ...[7, 14, 30, 60].map(activeDays),
          Math.log1p(within(14).filter(({ properties }) => properties.passed === false).length),
        ],
      });
    }
    return rows;
  };

  const train = split.train.flatMap(rowsAt);
  const test = split.test.flatMap(rowsAt);
  const X = matrixFromRows(train.map(({ features }) => features));
  const scale = fitStandardisation(X);
  const model = fitLogistic(
    standardise(scale, X),
    Float64Array.from(train, ({ label }) => label),
  );
  const scores = predictLogistic(model, standardise(scale, matrixFromRows(test.map(({ features }) => features))));
  const labels = test.map(({ label }) => label);
  const recency = test.map(({ features }) => features[0]!);
  const baseRate = labels.reduce((sum, label) => sum + label, 0) / labels.length;
  return { auc: rocAuc(labels, scores)!, recencyAuc: rocAuc(labels, recency)!, baseRate, rows: labels.length };
}
