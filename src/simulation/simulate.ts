import { assert } from "../kernel/assert.ts";
import { DAY_MS, type Instant, MINUTE_MS, SECOND_MS } from "../kernel/instant.ts";
import { Rng } from "../math/rng.ts";
import { converse, viewPage } from "./conversing.ts";
import { liveDay } from "./living.ts";
import { openCommunity } from "./opening.ts";
import type { Learner } from "./person.ts";
import { drawLearners, drawStaff } from "./population.ts";
import type { SimulationRecord } from "./records.ts";
import { DayRhythms, isSaleDay } from "./rhythm-rules.ts";
import { planStaffVisits } from "./staffing.ts";
import { study } from "./studying.ts";
import type { TreatmentPolicy } from "./treatment-rules.ts";
import { type MemberTruth, truthOf } from "./truth.ts";
import { type Visit, World } from "./world.ts";

export interface SimulationOptions {
  readonly seed: number | string;
  /** The history ends here; nothing is dated later. */
  readonly now: Instant;
  /** Members who join during the history, beside the staff. 3,000 by default. */
  readonly memberCount?: number;
  /** UTC days of history, today included. 155 by default: the churn model's windows need five months. */
  readonly historyDays?: number;
  /** Treats members as it sees fit; without one nobody is treated. With the same seed, the same people join and would leave. */
  readonly policy?: TreatmentPolicy;
}

export interface Simulation {
  /** What happened, in order of time, each record after those that it names. To be read once; a day is held in memory. */
  readonly records: Iterable<SimulationRecord>;
  /** Who left, when and why, for every member but the staff. Only once the records have been read to their end. */
  truth(): readonly MemberTruth[];
}

/**
 * A learning community that never was: the same seed, `now` and options give the same records, and no clock is read.
 *
 * Day by day (in UTC; hours and weekdays are each member's own) everyone who has joined is first put at the risks of
 * `hazard-rules.ts`, then visits or not by `rhythm-rules.ts`. Visits run in the order in which they begin: studying, then conversing.
 */
export function simulateCommunity(options: SimulationOptions): Simulation {
  const { seed, now, memberCount = 3_000, historyDays = 155, policy } = options;
  assert(Number.isInteger(memberCount) && memberCount >= 0, "a community has a whole number of members");
  assert(Number.isInteger(historyDays) && historyDays >= 2, "a history has at least two days");
  const rng = Rng.seeded(seed);
  const startMs = Math.floor(now.getTime() / DAY_MS) * DAY_MS - (historyDays - 1) * DAY_MS;
  const learners = drawLearners(rng.fork("members"), memberCount, startMs, historyDays);
  const staff = drawStaff(rng.fork("staff"), startMs);
  let state: "unread" | "reading" | "read" = "unread";

  function* records(): Generator<SimulationRecord> {
    assert(state === "unread", "a simulation is read once");
    state = "reading";
    yield* openCommunity(staff, startMs);
    const world = new World(rng.fork("text"));
    for (let dayIndex = 0; dayIndex < historyDays; dayIndex += 1) {
      const dayMs = startMs + dayIndex * DAY_MS;
      const visits = [
        ...planStaffVisits(staff, dayMs),
        ...planVisits(world, learners, dayIndex, dayMs, policy ?? null),
      ];
      visits.sort((a, b) => a.atMs - b.atMs);
      for (const visit of visits) visit.work(world, visit.atMs);
      yield* world.journal.drain(Math.min(dayMs + DAY_MS, now.getTime()));
    }
    state = "read";
  }

  return {
    records: { [Symbol.iterator]: records },
    truth() {
      assert(state === "read", "the truth is known once the records have been read");
      return learners.map((learner) => truthOf(learner, now));
    },
  };
}

/** One day of all learners who have joined: who joins, who leaves, who visits. */
function planVisits(
  world: World,
  learners: readonly Learner[],
  dayIndex: number,
  dayMs: number,
  policy: TreatmentPolicy | null,
): Visit[] {
  const rhythms = new DayRhythms(new Date(dayMs));
  const visits: Visit[] = [];
  for (const learner of learners) {
    if (learner.joinDay > dayIndex) break;
    if (learner.joinDay === dayIndex) {
      const joinedMs = learner.record.joinedAt.getTime();
      world.journal.write(learner.record, joinedMs);
      world.journal.writeMeaning({ type: "member.joined", memberId: learner.record.key }, learner, joinedMs);
      visits.push(visitOf(learner, joinedMs + 20 * SECOND_MS, dayIndex));
    } else if (learner.leftMs === null || policy !== null) {
      const rhythm = rhythms.of(learner.profile, learner.record.timeZone);
      const visitMs = liveDay(learner, dayIndex, dayMs, rhythm, policy);
      if (visitMs !== null) visits.push(visitOf(learner, visitMs, dayIndex));
    }
  }
  return visits;
}

/** A learner's visit: signing in, looking at the course, studying, conversing. */
function visitOf(learner: Learner, atMs: number, dayIndex: number): Visit {
  return {
    atMs,
    work(world, startMs) {
      const { rng } = learner;
      learner.visits += 1;
      world.journal.writeActivity("login", learner, startMs, { device: rng.weighted(["mobile", "web"], [62, 38]) });
      if (rng.chance(0.25)) {
        const page = rng.chance(0.7) ? `/courses/${learner.course.key}` : "/";
        viewPage(world, learner, startMs + rng.int(2, 40) * SECOND_MS, page);
      }
      const studied = study(world, learner, startMs + MINUTE_MS, isSaleDay(dayIndex));
      converse(world, learner, studied.atMs + rng.int(10, 90) * SECOND_MS, studied.failed);
    },
  };
}
