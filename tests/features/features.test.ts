import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TRACKING_PLAN } from "../../src/events/tracking-plan-catalogue.ts";
import { computeFeatures } from "../../src/features/feature-actions.ts";
import { FEATURES, RECENCY_FEATURE } from "../../src/features/feature-catalogue.ts";
import { readFeatureMatrix, readSnapshot, readSnapshots } from "../../src/features/feature-queries.ts";
import { addDays, type Day } from "../../src/kernel/calendar.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { rowOf } from "../../src/math/matrix.ts";
import { aCommunity, someMembers } from "../events/signals-builders.ts";
import { useDatabase } from "../support/test-database.ts";
import { type DayCount, slowFeatures } from "./slow-features.ts";

const database = useDatabase();
const AS_OF: Day = "2026-03-01";
const POPULATION = { activeWithinDays: 60 } as const;

async function aHistory(communityId: Id, rows: readonly DayCount[]): Promise<void> {
  await database.rows(
    `insert into member_days (community_id, member_id, day, kind, count)
     select $1, member, day, kind, sum(count) from json_to_recordset($2) as r(member uuid, day date, kind text, count int)
     group by 2, 3, 4`,
    [communityId, JSON.stringify(rows)],
  );
}

const arbitraryHistory = (members: readonly Id[]) =>
  fc.array(
    fc.record({
      member: fc.constantFrom(...members),
      day: fc.integer({ min: -20, max: 450 }).map((daysAgo) => addDays(AS_OF, -daysAgo)),
      kind: fc.constantFrom("custom", ...TRACKING_PLAN.map((entry) => entry.kind)),
      count: fc.integer({ min: 1, max: 5 }),
    }),
    { minLength: 1, maxLength: 80 },
  );

async function valuesAt(communityId: Id, asOf: Day, population: typeof POPULATION | "everyone" = POPULATION) {
  const { X, rows } = await database.tx(communityId, (tx) => readFeatureMatrix(tx, [asOf], { population }));
  return new Map(rows.map(({ memberId }, index) => [memberId, Array.from(rowOf(X, index))]));
}

describe("features", () => {
  it("are what the catalogue says, for any history", async () => {
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (gen) => {
        const communityId = await aCommunity(database);
        const members = await someMembers(database, communityId, 3);
        const history = gen(() => arbitraryHistory(members));
        await aHistory(communityId, history);
        expect(await valuesAt(communityId, AS_OF)).toEqual(slowFeatures(history, AS_OF, 60));
        expect(await valuesAt(communityId, AS_OF, "everyone")).toEqual(slowFeatures(history, AS_OF, null));
      }),
      { numRuns: 15, seed: 1 },
    );
  });

  it("as of a day do not change when something happens later", async () => {
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (gen) => {
        const communityId = await aCommunity(database);
        const members = await someMembers(database, communityId, 3);
        const history = gen(() => arbitraryHistory(members));
        await aHistory(
          communityId,
          history.filter((row) => row.day <= AS_OF),
        );
        const before = await valuesAt(communityId, AS_OF, "everyone");
        await aHistory(
          communityId,
          history.filter((row) => row.day > AS_OF),
        );
        expect(await valuesAt(communityId, AS_OF, "everyone")).toEqual(before);
      }),
      { numRuns: 10, seed: 2 },
    );
  });

  it("at many days at once are those of each day", async () => {
    const communityId = await aCommunity(database);
    const members = await someMembers(database, communityId, 3);
    const [history] = fc.sample(arbitraryHistory(members), { numRuns: 1, seed: 3 });
    await aHistory(communityId, history!);
    const days = [-120, -60, -15, 0].map((offset) => addDays(AS_OF, offset));
    const { X, rows } = await database.tx(communityId, (tx) => readFeatureMatrix(tx, days, { population: POPULATION }));
    for (const asOf of days) {
      const ofDay = rows.flatMap((row, index) =>
        row.asOf === asOf ? [[row.memberId, Array.from(rowOf(X, index))] as const] : [],
      );
      expect(new Map(ofDay)).toEqual(await valuesAt(communityId, asOf));
    }
  });

  it("can be of a sample of members, the same ones at every day", async () => {
    const communityId = await aCommunity(database);
    const members = await someMembers(database, communityId, 200);
    await aHistory(
      communityId,
      members.map((member) => ({ member, day: addDays(AS_OF, -20), kind: "login", count: 1 })),
    );
    const days = [addDays(AS_OF, -10), AS_OF];
    const { rows } = await database.tx(communityId, (tx) =>
      readFeatureMatrix(tx, days, { population: POPULATION, share: 0.5 }),
    );
    const of = (asOf: Day) => rows.filter((row) => row.asOf === asOf).map((row) => row.memberId);
    expect(of(days[0]!)).toEqual(of(days[1]!));
    expect(of(AS_OF).length).toBeGreaterThan(60);
    expect(of(AS_OF).length).toBeLessThan(140);
  });
});

describe("a day's snapshot", () => {
  it("is the same rows however often it is made, and is restored when it was lost", async () => {
    const communityId = await aCommunity(database);
    const members = await someMembers(database, communityId, 5);
    await aHistory(
      communityId,
      members.map((member, index) => ({ member, day: addDays(AS_OF, -20 * index), kind: "login", count: 2 })),
    );
    const compute = () => database.tx(communityId, (tx) => computeFeatures(tx, AS_OF, { population: POPULATION }));
    const stored = () =>
      database.rows("select * from feature_snapshots where community_id = $1 order by member_id", [communityId]);

    expect(await compute()).toEqual({ members: 3, changed: 3, gone: 0 });
    const first = await stored();
    expect(await compute()).toEqual({ members: 3, changed: 0, gone: 0 });
    await database.rows("delete from feature_snapshots where community_id = $1 and member_id = $2", [
      communityId,
      members[0],
    ]);
    expect(await compute()).toEqual({ members: 3, changed: 1, gone: 0 });
    expect(await stored()).toEqual(first);

    // A late event changes its member, and one who turns out not to have been active leaves.
    await aHistory(communityId, [{ member: members[0]!, day: addDays(AS_OF, -3), kind: "answer.posted", count: 1 }]);
    await database.rows("delete from member_days where community_id = $1 and member_id = $2", [
      communityId,
      members[1],
    ]);
    expect(await compute()).toEqual({ members: 2, changed: 1, gone: 1 });
  });

  it("is read in pages of members, and by member", async () => {
    const communityId = await aCommunity(database);
    const members = (await someMembers(database, communityId, 5)).sort();
    await aHistory(
      communityId,
      members.map((member, index) => ({ member, day: addDays(AS_OF, -index), kind: "login", count: 1 })),
    );
    await database.tx(communityId, (tx) => computeFeatures(tx, AS_OF, { population: POPULATION }));
    const first = await database.read(communityId, (reader) => readSnapshots(reader, AS_OF, { after: null, limit: 3 }));
    const rest = await database.read(communityId, (reader) =>
      readSnapshots(reader, AS_OF, { after: first.at(-1)!.memberId, limit: 3 }),
    );
    expect([...first, ...rest].map((row) => row.memberId)).toEqual(members);
    const idle = FEATURES.findIndex((feature) => feature.name === RECENCY_FEATURE);
    const one = await database.read(communityId, (reader) => readSnapshot(reader, members[3]!, AS_OF));
    expect(one!.values[idle]).toBe(3);
    expect(await database.read(communityId, (reader) => readSnapshot(reader, members[3]!, "2020-01-01"))).toBeNull();
  });
});

describe("the feature catalogue", () => {
  it("names every feature once and describes it in both languages", () => {
    expect(new Set(FEATURES.map((feature) => feature.name)).size).toBe(FEATURES.length);
    for (const feature of FEATURES) {
      expect(feature.name).toMatch(/^[a-z0-9_]+$/);
      expect(feature.description.en).not.toBe("");
      expect(feature.description["zh-CN"]).toMatch(/\p{Script=Han}/u);
    }
  });
});
