import { DAY_MS } from "../../src/kernel/instant.ts";
import type { ActivityRecord, SimulationRecord, ThreadRecord } from "../../src/simulation/records.ts";
import { type SimulationOptions, simulateCommunity } from "../../src/simulation/simulate.ts";
import type { MemberTruth } from "../../src/simulation/truth.ts";

export const NOW = new Date("2026-03-10T09:30:00Z");

/** A simulation that has been read to its end. */
export interface RecordedCommunity {
  readonly records: readonly SimulationRecord[];
  readonly truth: readonly MemberTruth[];
}

export function record(options: Partial<SimulationOptions> & Pick<SimulationOptions, "seed">): RecordedCommunity {
  const simulation = simulateCommunity({ now: NOW, ...options });
  const records = [...simulation.records];
  return { records, truth: simulation.truth() };
}

export function ofType<Type extends SimulationRecord["type"]>(
  records: readonly SimulationRecord[],
  type: Type,
): Extract<SimulationRecord, { type: Type }>[] {
  return records.filter((one): one is Extract<SimulationRecord, { type: Type }> => one.type === type);
}

export function momentOf(one: SimulationRecord): Date | null {
  switch (one.type) {
    case "community":
    case "space":
    case "thread":
    case "post":
      return one.createdAt;
    case "member":
      return one.joinedAt;
    case "vote":
      return one.castAt;
    case "acceptance":
      return one.acceptedAt;
    case "activity":
      return one.occurredAt;
    case "course":
      return null;
  }
}

/** Activities by member, in order. */
export function activitiesOf(records: readonly SimulationRecord[]): Map<string, ActivityRecord[]> {
  const byMember = new Map<string, ActivityRecord[]>();
  for (const activity of ofType(records, "activity")) {
    const own = byMember.get(activity.memberKey);
    if (own === undefined) byMember.set(activity.memberKey, [activity]);
    else own.push(activity);
  }
  return byMember;
}

/** Each member's first question, with how many days it waited for its first answer (Infinity when there was none). */
export function firstQuestionsOf(records: readonly SimulationRecord[]) {
  const answered = new Map<string, Date>();
  for (const post of ofType(records, "post")) {
    if (post.kind === "answer" && !answered.has(post.threadKey)) answered.set(post.threadKey, post.createdAt);
  }
  const questions = new Map<string, ThreadRecord & { readonly waitedDays: number }>();
  for (const thread of ofType(records, "thread")) {
    if (thread.kind !== "question" || questions.has(thread.authorKey)) continue;
    const answeredAt = answered.get(thread.key)?.getTime() ?? Number.POSITIVE_INFINITY;
    questions.set(thread.authorKey, { ...thread, waitedDays: (answeredAt - thread.createdAt.getTime()) / DAY_MS });
  }
  return questions;
}
