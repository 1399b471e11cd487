import { describe, expect, it } from "vitest";
import { analyseHoldout } from "../../src/experiments/holdout-analysis-rules.ts";
import { addDays, type Day, startOfDay } from "../../src/kernel/calendar.ts";
import { type Id, newId } from "../../src/kernel/ids.ts";
import { addMs } from "../../src/kernel/instant.ts";
import { OUTCOME_BATCH, recordOutcomes } from "../../src/nudges/outcome-actions.ts";
import { actionCounts, policyReport } from "../../src/nudges/report-queries.ts";
import type { Tx } from "../../src/platform/database/database.ts";
import { runRecordOutcomes } from "../../workers/stages/record-outcomes.ts";
import { useDatabase } from "../support/test-database.ts";
import { aCommunityWith, aRun, NOW, someMembers, TODAY } from "./nudge-builders.ts";

const test = useDatabase();
const OUTCOME_DAYS = 14;
const WINDOW_END = addDays(TODAY, OUTCOME_DAYS);

interface Decided {
  readonly memberId: Id;
  readonly asOf?: Day;
  readonly holdout?: boolean;
  readonly action?: string;
  readonly cost?: number;
}

/** Decisions as they were made, without deciding. */
async function decided(communityId: Id, decisions: readonly Decided[]): Promise<void> {
  const rows = decisions.map(({ memberId, asOf = TODAY, holdout = false, action = "nudge", cost = 1 }) => ({
    id: newId(NOW),
    member_id: memberId,
    as_of: asOf,
    holdout,
    action: holdout ? "nothing" : action,
    cost: holdout ? 0 : cost,
  }));
  await test.rows(
    `insert into nudge_decisions (community_id, id, member_id, as_of, policy_version, model_version, probability, holdout, action,
       cost, action_set, left_out, decided_at)
     select $1, id, member_id, as_of, 1, 1, 0.5, holdout, action, cost, '[]', '[]', $3
     from json_to_recordset($2::json) as r (id uuid, member_id uuid, as_of date, holdout boolean, action text, cost int)`,
    [communityId, JSON.stringify(rows), NOW],
  );
  // What these cost was spent.
  await test.rows(
    `insert into nudge_budgets (community_id, month, allowed, spent) select $1, '2026-03', 1000000, sum(cost) from nudge_decisions where community_id = $1
     on conflict (community_id, month) do update set spent = excluded.spent`,
    [communityId],
  );
}

const active = (communityId: Id, memberId: Id, ...days: (Day | [Day, string])[]) =>
  test.rows(
    `insert into member_days (community_id, member_id, day, kind, count)
     select $1, $2, day, kind, 2 from unnest($3::date[], $4::text[]) as d (day, kind)`,
    [
      communityId,
      memberId,
      days.map((day) => (typeof day === "string" ? day : day[0])),
      days.map((day) => (typeof day === "string" ? "login" : day[1])),
    ],
  );

const outcomesOf = (communityId: Id) =>
  test.rows(
    `select member_id, to_char(window_end, 'YYYY-MM-DD') as window_end, retained, active_days
     from nudge_outcomes where community_id = $1 order by member_id`,
    [communityId],
  );

/** Long after every window. */
const LATER = new Date("2026-05-01T00:00:00Z");
const record = (communityId: Id, now = LATER) => runRecordOutcomes(aRun(test, communityId, { now }));

/** How many rows of decisions and outcomes this connection has read by now. */
async function tuplesRead({ client }: Tx): Promise<number> {
  const { rows } = await client.query<{ read: number }>(
    `select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int as read from pg_stat_xact_user_tables
     where relname in ('nudge_decisions', 'nudge_outcomes')`,
  );
  return rows[0]!.read;
}

describe("outcomes", () => {
  it.each<[string, (Day | [Day, string])[], boolean, number]>([
    ["never came back", [], false, 0],
    ["came on the decision's own day only", [TODAY], false, 0],
    ["came on the day after", [addDays(TODAY, 1)], true, 1],
    ["came on the window's last day", [WINDOW_END], true, 1],
    ["came a day too late", [addDays(WINDOW_END, 1)], false, 0],
    ["came twice on one day, in two ways", [addDays(TODAY, 2), [addDays(TODAY, 2), "vote.cast"]], true, 1],
    ["came on three days", [addDays(TODAY, 1), addDays(TODAY, 7), WINDOW_END, addDays(WINDOW_END, 3)], true, 3],
    ["was only given votes by others", [[addDays(TODAY, 3), "vote.received.up"]], false, 0],
  ])("of who %s", async (_what, days, retained, activeDays) => {
    const { communityId } = await aCommunityWith(test, { outcomeDays: OUTCOME_DAYS });
    const [treated, heldOut] = await someMembers(test, communityId, 2);
    await decided(communityId, [{ memberId: treated! }, { memberId: heldOut!, holdout: true }]);
    await active(communityId, treated!, ...days);
    await active(communityId, heldOut!, ...days);
    expect(await record(communityId)).toEqual({ rows: 2 });
    const outcome = { window_end: WINDOW_END, retained, active_days: activeDays };
    expect(await outcomesOf(communityId)).toEqual(
      [treated, heldOut].sort().map((id) => ({ member_id: id, ...outcome })),
    );
  });

  it.each(["Asia/Shanghai", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York"])(
    "wait until the window and a day for late events are over in %s",
    async (timeZone) => {
      const { communityId } = await aCommunityWith(test, { outcomeDays: OUTCOME_DAYS });
      const [memberId] = await someMembers(test, communityId, 1, { timeZone });
      await decided(communityId, [{ memberId: memberId! }]);
      const due = startOfDay(timeZone, addDays(WINDOW_END, 2));
      expect((await record(communityId, addMs(due, -1))).rows).toBe(0);
      expect((await record(communityId, due)).rows).toBe(1);
    },
  );

  it("are recorded once, by as many as try, and stay as they were", async () => {
    const { communityId } = await aCommunityWith(test, {});
    const members = await someMembers(test, communityId, 20);
    await decided(
      communityId,
      members.map((memberId) => ({ memberId })),
    );
    const runs = await Promise.all(Array.from({ length: 4 }, () => record(communityId)));
    expect(runs.reduce((sum, run) => sum + run.rows, 0)).toBe(20);
    await active(communityId, members[0]!, addDays(TODAY, 1));
    expect(await record(communityId)).toEqual({ rows: 0 });
    expect((await outcomesOf(communityId)).some((outcome) => outcome.retained)).toBe(false);
  });

  it("of more than a batch are all recorded, those not yet due between them left", async () => {
    const { communityId } = await aCommunityWith(test, {});
    const members = await someMembers(test, communityId, OUTCOME_BATCH + 30);
    const notDue = addDays(TODAY, 40);
    await decided(
      communityId,
      members.map((memberId, index) => ({ memberId, asOf: index % 100 === 0 ? notDue : TODAY })),
    );
    const undue = Math.ceil(members.length / 100);
    const now = startOfDay("Asia/Shanghai", addDays(TODAY, 20));
    expect(await record(communityId, now)).toEqual({ rows: members.length - undue });
    expect(await record(communityId, now)).toEqual({ rows: 0 });
  });

  it("are looked for among the open decisions, however many have theirs", async () => {
    const { communityId } = await aCommunityWith(test, {});
    const members = await someMembers(test, communityId, 30);
    const days = Array.from({ length: 200 }, (_, ago) => addDays(TODAY, -ago - 1));
    await decided(
      communityId,
      members.flatMap((memberId) => days.map((asOf) => ({ memberId, asOf }))),
    );
    expect(await record(communityId)).toEqual({ rows: 6_000 });
    await decided(communityId, [{ memberId: members[0]! }]);
    await test.rows("vacuum analyze nudge_decisions, nudge_outcomes");
    const { recorded, read } = await test.tx(communityId, async (tx) => {
      const before = await tuplesRead(tx);
      return { recorded: await recordOutcomes(tx, LATER), read: (await tuplesRead(tx)) - before };
    });
    expect(recorded).toBe(1);
    expect(read).toBeLessThan(20);
  });

  it("come of a batch that was rolled back as if it had never begun", async () => {
    const { communityId } = await aCommunityWith(test, {});
    const [memberId] = await someMembers(test, communityId, 1);
    await decided(communityId, [{ memberId: memberId! }]);
    const killed = test.tx(communityId, async (tx) => {
      await recordOutcomes(tx, LATER);
      throw new Error("killed");
    });
    await expect(killed).rejects.toThrow("killed");
    expect(await outcomesOf(communityId)).toEqual([]);
    expect(await record(communityId)).toEqual({ rows: 1 });
  });
});

describe("policyReport", () => {
  const span = { from: TODAY, to: addDays(TODAY, 6) };
  const report = (communityId: Id) => test.read(communityId, (reader) => policyReport(reader, span));

  it("says that there is too little, while there is", async () => {
    const { communityId } = await aCommunityWith(test, {});
    expect(await report(communityId)).toEqual({
      analysis: { kind: "insufficient-data", treated: 0, heldOut: 0, needed: 30 },
      asOf: null,
    });
  });

  it("gives the figures that are worked out by hand", async () => {
    const { communityId } = await aCommunityWith(test, { outcomeDays: OUTCOME_DAYS });
    const members = await someMembers(test, communityId, 160);
    const treated = members.slice(0, 100);
    const heldOut = members.slice(100, 150);
    const [before, after, late] = members.slice(150);
    await decided(communityId, [
      // 60 nudged for 1 and 40 given something for 50; ten of them again in the same week, for 1 more.
      ...treated.map((memberId, index) => ({ memberId, cost: index < 60 ? 1 : 50 })),
      ...treated.slice(0, 10).map((memberId) => ({ memberId, asOf: addDays(TODAY, 3) })),
      ...heldOut.map((memberId) => ({ memberId, holdout: true })),
      // Held out again, and without an effect on anything.
      ...heldOut.slice(0, 5).map((memberId) => ({ memberId, asOf: addDays(TODAY, 1), holdout: true })),
      { memberId: before!, asOf: addDays(TODAY, -1), cost: 1_000 },
      { memberId: after!, asOf: addDays(TODAY, 7), cost: 1_000 },
      // In the span, and its window is not over.
      { memberId: late!, asOf: addDays(TODAY, 6), cost: 1_000 },
    ]);
    for (const memberId of treated.slice(0, 70)) await active(communityId, memberId, addDays(TODAY, 5));
    // Retained by the first decision, and not by the second: the first counts.
    await active(communityId, treated[99]!, addDays(TODAY, 2));
    for (const memberId of heldOut.slice(0, 25)) await active(communityId, memberId, addDays(TODAY, 5));
    const now = startOfDay("Asia/Shanghai", addDays(TODAY, 3 + OUTCOME_DAYS + 2));
    await record(communityId, now);

    const { analysis, asOf } = await report(communityId);
    const cost = 60 * 1 + 40 * 50 + 10 * 1;
    expect(asOf).toEqual(now);
    expect(analysis).toEqual(
      analyseHoldout({ members: 100, retained: 71, cost }, { members: 50, retained: 25, cost: 0 }),
    );
    if (analysis.kind !== "analysed") throw new Error("expected an analysis");
    // 71 % − 50 % = 21 points: 21 of the 100 treated were retained by it, at 2,070 / 21 coins each.
    expect(analysis.lift.estimate).toBeCloseTo(0.21, 12);
    expect(analysis.incrementallyRetained.estimate).toBeCloseTo(21, 9);
    expect(analysis.costPerIncrementallyRetained?.estimate).toBeCloseTo(2_070 / 21, 9);
    // Wilson: 71/100 in [.6146, .7899], 25/50 in [.3664, .6336]; Newcombe: .21 − √(.0954² + .1336²), .21 + √(.0799² + .1336²).
    expect(analysis.lift.low).toBeCloseTo(0.21 - Math.hypot(0.0954, 0.1336), 3);
    expect(analysis.lift.high).toBeCloseTo(0.21 + Math.hypot(0.0799, 0.1336), 3);
  });

  it("counts each action, and who was held out", async () => {
    const { communityId } = await aCommunityWith(test, {});
    const [a, b, c, d, e] = await someMembers(test, communityId, 5);
    await decided(communityId, [
      { memberId: a!, cost: 1 },
      { memberId: b!, cost: 1 },
      { memberId: c!, action: "grant-points", cost: 50 },
      { memberId: d!, action: "nothing", cost: 0 },
      { memberId: e!, holdout: true },
    ]);
    const kept = { withdrawn: 0, returned: 0 };
    expect(await test.read(communityId, (reader) => actionCounts(reader, span))).toEqual([
      { action: "grant-points", decisions: 1, cost: 50, ...kept },
      { action: "nothing", decisions: 1, cost: 0, ...kept },
      { action: "nudge", decisions: 2, cost: 2, ...kept },
      { action: null, decisions: 1, cost: 0, ...kept },
    ]);
  });
});
