import { type ChurnFit, fitChurn, type TrainingSet } from "../../src/churn/learning-rules.ts";
import { storeChurnModel, type TrainingOutcome } from "../../src/churn/training-actions.ts";
import { type InsufficientData, readTrainingSet } from "../../src/churn/training-queries.ts";
import { addDays, type Day } from "../../src/kernel/calendar.ts";
import type { Id } from "../../src/kernel/ids.ts";
import type { Instant } from "../../src/kernel/instant.ts";
import { Rng } from "../../src/math/rng.ts";
import { aCommunity, someMembers } from "../events/signals-builders.ts";
import type { TestDatabase } from "../support/test-database.ts";

export const FIRST_DAY: Day = "2025-01-01";

/**
 * A community whose members answer about every `1/rate` days until they leave; rare answerers leave sooner, so that there is something to
 * learn. The same seed gives the same days.
 */
export async function aLivingCommunity(
  database: TestDatabase,
  options: { members: number; days: number; seed: number },
): Promise<{ communityId: Id; members: Id[] }> {
  const communityId = await aCommunity(database);
  // In order of id, so that a member's fate belongs to their place and not to their random id.
  const members = (await someMembers(database, communityId, options.members)).sort();
  const rng = Rng.seeded(options.seed);
  const rows = members.flatMap((member, index) => {
    const own = rng.fork(index);
    const rate = own.beta(1, 3) * 0.5 + 0.02;
    const joined = own.int(0, options.days - 40);
    const leaves = joined + own.exponential(1_500 * rate);
    const days: { member: Id; day: Day; kind: string; count: number }[] = [];
    for (let day = joined; day < options.days; day += 1) {
      if (day <= leaves && (day === joined || own.chance(rate))) {
        days.push({ member, day: addDays(FIRST_DAY, day), kind: "answer.posted", count: own.int(1, 3) });
      }
      if (own.chance(rate / 3)) days.push({ member, day: addDays(FIRST_DAY, day), kind: "vote.received.up", count: 1 });
    }
    return days;
  });
  await database.rows(
    `insert into member_days (community_id, member_id, day, kind, count)
     select $1, member, day, kind, count from json_to_recordset($2) as r(member uuid, day date, kind text, count int)`,
    [communityId, JSON.stringify(rows)],
  );
  return { communityId, members };
}

/** Trains in one go, in this thread. */
export function train(
  database: TestDatabase,
  communityId: Id,
  { asOf, learn = fitChurn }: { asOf: Day; learn?: (set: TrainingSet) => ChurnFit },
  now: Instant,
): Promise<TrainingOutcome | InsufficientData> {
  return database.tx(communityId, async (tx) => {
    const set = await readTrainingSet(tx, asOf);
    return set.kind === "insufficient-data" ? set : storeChurnModel(tx, { fit: learn(set), set }, now);
  });
}
