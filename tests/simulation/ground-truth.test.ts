import { describe, expect, it } from "vitest";
import { DAY_MS } from "../../src/kernel/instant.ts";
import { CHURN_CAUSES } from "../../src/simulation/hazard-rules.ts";
import { type ChurnCause, type ResponseGroup } from "../../src/simulation/kinds.ts";
import type { MemberView } from "../../src/simulation/treatment-rules.ts";
import type { MemberTruth } from "../../src/simulation/truth.ts";
import { churnSignal } from "./churn-signal.ts";
import { activitiesOf, firstQuestionsOf, NOW, record } from "./recorded-community.ts";

const community = record({ seed: "truth" });
const { records, truth } = community;
const truthByKey = new Map(truth.map((member) => [member.memberKey, member]));

const shareOf = <Item>(items: readonly Item[], holds: (item: Item) => boolean) =>
  items.filter(holds).length / items.length;

/** Whether the member leaves within `days` after `fromMs`. */
const leavesWithin = (memberKey: string, fromMs: number, days: number) => {
  const leftAt = truthByKey.get(memberKey)?.leftAt?.getTime();
  return leftAt !== undefined && leftAt > fromMs && leftAt <= fromMs + days * DAY_MS;
};

describe("the causes, seen from outside", () => {
  it("an unanswered first question drives beginners and others out", () => {
    const observable = [...firstQuestionsOf(records).values()].filter(
      ({ authorKey, createdAt }) => truthByKey.has(authorKey) && +NOW - +createdAt > 16 * DAY_MS,
    );
    const answered = observable.filter(({ waitedDays }) => waitedDays < 2);
    const waited = observable.filter(({ waitedDays }) => waitedDays >= 4);
    expect(waited.length).toBeGreaterThan(30);
    const leaving = (questions: typeof observable) =>
      shareOf(questions, ({ authorKey, createdAt }) => leavesWithin(authorKey, +createdAt + 2 * DAY_MS, 14));
    expect(leaving(waited)).toBeGreaterThan(1.5 * leaving(answered));
  });

  it("failing quizzes in the first two weeks does", () => {
    const firstFortnight = [...activitiesOf(records)].flatMap(([memberKey, activities]) => {
      const joinedMs = truthByKey.get(memberKey)?.joinedAt.getTime();
      if (joinedMs === undefined || +NOW - joinedMs < 35 * DAY_MS) return [];
      const until = joinedMs + 14 * DAY_MS;
      const leftMs = truthByKey.get(memberKey)?.leftAt?.getTime() ?? Number.POSITIVE_INFINITY;
      const quizzes = activities.filter(({ kind, occurredAt }) => kind === "quiz.submitted" && +occurredAt < until);
      if (quizzes.length < 2 || leftMs < until) return [];
      const failed = quizzes.filter(({ properties }) => properties.passed === false).length;
      return [{ memberKey, until, failed }];
    });
    const leaving = (members: typeof firstFortnight) =>
      shareOf(members, ({ memberKey, until }) => leavesWithin(memberKey, until, 14));
    const failing = firstFortnight.filter(({ failed }) => failed >= 2);
    const passing = firstFortnight.filter(({ failed }) => failed === 0);
    expect(Math.min(failing.length, passing.length)).toBeGreaterThan(60);
    expect(leaving(failing)).toBeGreaterThan(1.5 * leaving(passing));
  });
});

describe("the causes, seen from inside", () => {
  it("are exposed and blamed alike: who was never exposed to a cause did not leave by it", () => {
    for (const { cause, exposureDays } of truth) {
      if (cause !== null) expect(exposureDays[cause]).toBeGreaterThan(0);
    }
  });

  const leavingsPerExposedDay = (cause: ChurnCause) =>
    truth.filter((member) => member.cause === cause).length /
    truth.reduce((days, { exposureDays }) => days + exposureDays[cause], 0);

  it.each(CHURN_CAUSES.filter((cause) => cause !== "drift"))("a day of %s costs more than a day of drift", (cause) => {
    expect(leavingsPerExposedDay(cause)).toBeGreaterThan(2 * leavingsPerExposedDay("drift"));
  });

  it("gives the stayers' risk as of now, and the leavers a cause", () => {
    for (const { leftAt, cause, hazard, daysAtRisk } of truth) {
      expect(leftAt === null).toBe(cause === null);
      if (daysAtRisk > 0) expect(hazard).toBeGreaterThan(0);
      expect(hazard).toBeLessThan(1);
    }
  });
});

it("a logistic regression finds the signal, and cannot know everything", () => {
  const { auc, baseRate, rows } = churnSignal(records);
  expect(rows).toBeGreaterThan(800);
  expect(baseRate).toBeGreaterThan(0.2);
  expect(baseRate).toBeLessThan(0.55);
  expect(auc).toBeGreaterThan(0.75);
  expect(auc).toBeLessThan(0.88);
});

describe("treating", () => {
  const size = 1_200;
  const untreated = record({ seed: "treated", memberCount: size }).truth;
  const groups = new Map(untreated.map(({ memberKey, responseGroup }) => [memberKey, responseGroup]));
  const nudgeAll = (to: ResponseGroup) => (member: MemberView) =>
    groups.get(member.memberKey) === to && member.tenureDays % 10 === 3 ? "nudge" : null;
  const leftOf = (members: readonly MemberTruth[], group: ResponseGroup) =>
    shareOf(
      members.filter(({ responseGroup }) => responseGroup === group),
      ({ leftAt }) => leftAt !== null,
    );

  it("keeps the persuadable, and drives out those who wish not to be disturbed", () => {
    const policy = (member: MemberView) => nudgeAll("persuadable")(member) ?? nudgeAll("do-not-disturb")(member);
    const treated = record({ seed: "treated", memberCount: size, policy }).truth;
    expect(leftOf(treated, "persuadable")).toBeLessThan(leftOf(untreated, "persuadable") - 0.05);
    expect(leftOf(treated, "do-not-disturb")).toBeGreaterThan(leftOf(untreated, "do-not-disturb") + 0.02);
  });

  it("meets the same people with and without a policy, and counts what it gave them", () => {
    const treated = record({ seed: "treated", memberCount: size, policy: () => "coupon" }).truth;
    const who = ({ memberKey, archetype, responseGroup, joinedAt }: MemberTruth) =>
      [memberKey, archetype, responseGroup, +joinedAt].join();
    expect(treated.map(who)).toEqual(untreated.map(who));
    expect(treated.every(({ treatmentCounts, daysAtRisk }) => treatmentCounts.coupon >= daysAtRisk)).toBe(true);
    expect(untreated.every(({ treatmentCounts }) => treatmentCounts.coupon + treatmentCounts.nudge === 0)).toBe(true);
  });

  it("changes nothing when the policy does nothing", () => {
    expect(record({ seed: "treated", memberCount: size, policy: () => null }).truth).toEqual(untreated);
  });
});
