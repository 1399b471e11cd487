import { describe, expect, it } from "vitest";
import { setConsent } from "../../src/identity/member-actions.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { addMs, DAY_MS, HOUR_MS } from "../../src/kernel/instant.ts";
import { grantIncentive } from "../../src/nudges/grant-actions.ts";
import { dueGrants } from "../../src/nudges/grant-queries.ts";
import { actionCounts, budgetsOf, policyReport } from "../../src/nudges/report-queries.ts";
import { withdrawOverdue } from "../../src/nudges/withdrawal-actions.ts";
import { runDecideNudges } from "../../workers/stages/decide-nudges.ts";
import { runGrantIncentives } from "../../workers/stages/grant-incentives.ts";
import { runRecordOutcomes } from "../../workers/stages/record-outcomes.ts";
import { useDatabase } from "../support/test-database.ts";
import { aCommunityWith, aRun, gift, NOW, scoreAll, someMembers, TODAY } from "./nudge-builders.ts";

const test = useDatabase({ poolSize: 16 });
const MARCH = { from: "2026-03-01", to: "2026-03-31" };
const OVERDUE = addMs(NOW, 3 * DAY_MS + 1);

/** A community in which coins were decided for `count` members and none were given. */
async function promisedTo(count: number, monthlyBudget = 1_000) {
  const { communityId } = await aCommunityWith(test, { actions: [gift], monthlyBudget });
  const memberIds = await someMembers(test, communityId, count);
  await scoreAll(test, communityId, memberIds);
  await runDecideNudges(aRun(test, communityId));
  const due = await test.read(communityId, (reader) => dueGrants(reader, null, NOW));
  expect(due).toHaveLength(count);
  return { communityId, memberIds, due };
}

const grant = (communityId: Id, now = NOW) => runGrantIncentives(aRun(test, communityId, { now }));
const optOut = (communityId: Id, memberId: Id) =>
  test.tx(communityId, (tx) => setConsent(tx, { memberId, purpose: "nudges", granted: false }, NOW));
const suspend = (_communityId: Id, memberId: Id) =>
  test.rows("update members set suspended_at = $2 where id = $1", [memberId, NOW]);

const statesOf = (communityId: Id) =>
  test.rows(
    `select member_id, grant_state, grant_reason, withdrawn_at from nudge_decisions
     where community_id = $1 and grant_state is not null`,
    [communityId],
  );
const budgetOf = async (communityId: Id) => (await test.read(communityId, (reader) => budgetsOf(reader, MARCH)))[0];
const coinsOf = (communityId: Id) =>
  test.rows("select member_id from point_balances where community_id = $1 and coins > 0", [communityId]);

describe("a gift", () => {
  it.each([
    ["opted out", optOut, "no-consent"],
    ["was suspended", suspend, "suspended"],
  ] as const)("is not given to who %s since, and its cost comes back once", async (_what, happens, reason) => {
    const { communityId, memberIds } = await promisedTo(3);
    await happens(communityId, memberIds[1]!);
    const runs = await Promise.all([1, 2, 3].map(() => grant(communityId)));
    expect(runs.reduce((sum, run) => sum + run.rows, 0)).toBe(2);
    expect((await grant(communityId)).summary).toBe("0 granted");
    expect((await coinsOf(communityId)).map((row) => row.member_id).sort()).toEqual(
      [memberIds[0], memberIds[2]].sort(),
    );
    const withdrawn = (await statesOf(communityId)).filter((row) => row.grant_state === "withdrawn");
    expect(withdrawn).toEqual([
      { member_id: memberIds[1], grant_state: "withdrawn", grant_reason: reason, withdrawn_at: NOW },
    ]);
    expect(await budgetOf(communityId)).toEqual({ month: "2026-03", allowed: 1_000, spent: 150, returned: 50 });
  });

  it("waits for a no that is being said, and the no waits for a gift that is being given", async () => {
    const { communityId, memberIds } = await promisedTo(2);
    const [first, second] = await test.read(communityId, (reader) => dueGrants(reader, null, NOW));
    expect(memberIds).toContain(first!.memberId);
    let giving: Promise<unknown> = Promise.resolve();
    await test.tx(communityId, async (tx) => {
      await setConsent(tx, { memberId: first!.memberId, purpose: "nudges", granted: false }, NOW);
      giving = test.tx(communityId, (other) => grantIncentive(other, first!, gift, NOW));
      await new Promise((resolve) => setTimeout(resolve, 100));
    });
    expect(await giving).toEqual({ kind: "withdrawn", reason: "no-consent" });

    const order: string[] = [];
    let refusing: Promise<unknown> = Promise.resolve();
    await test.tx(communityId, async (tx) => {
      expect(await grantIncentive(tx, second!, gift, NOW)).toMatchObject({ kind: "granted" });
      refusing = optOut(communityId, second!.memberId).then(() => order.push("no"));
      await new Promise((resolve) => setTimeout(resolve, 100));
      order.push("given");
    });
    await refusing;
    expect(order).toEqual(["given", "no"]);
  });

  it("that was taken back stays so, whoever still has it on their list", async () => {
    const { communityId, due, memberIds } = await promisedTo(1);
    await suspend(communityId, memberIds[0]!);
    await grant(communityId);
    await test.rows("update members set suspended_at = null where id = $1", [memberIds[0]]);
    expect(await test.tx(communityId, (tx) => grantIncentive(tx, due[0]!, gift, NOW))).toEqual({
      kind: "already-withdrawn",
    });
    expect(await coinsOf(communityId)).toEqual([]);
  });

  it("leaves promise and budget as they were when whoever takes it back dies before the commit", async () => {
    const { communityId, memberIds, due } = await promisedTo(1);
    await suspend(communityId, memberIds[0]!);
    const crash = test.tx(communityId, async (tx) => {
      expect(await grantIncentive(tx, due[0]!, gift, NOW)).toEqual({ kind: "withdrawn", reason: "suspended" });
      throw new Error("killed");
    });
    await expect(crash).rejects.toThrow("killed");
    expect(await statesOf(communityId)).toMatchObject([{ grant_state: "promised", grant_reason: null }]);
    expect(await budgetOf(communityId)).toMatchObject({ spent: 50, returned: 0 });
    await grant(communityId);
    expect(await budgetOf(communityId)).toMatchObject({ spent: 50, returned: 50 });
  });
});

describe("what was not given for three days", () => {
  it("is taken back once, by as many as try, and not before", async () => {
    const { communityId } = await promisedTo(6);
    const withdraw = (now: typeof NOW) => test.tx(communityId, (tx) => withdrawOverdue(tx, now));
    expect(await withdraw(addMs(OVERDUE, -1))).toBe(0);
    const counts = await Promise.all([1, 2, 3, 4].map(() => withdraw(OVERDUE)));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(6);
    expect((await statesOf(communityId)).map((row) => row.grant_reason)).toEqual(new Array(6).fill("overdue"));
    expect(await budgetOf(communityId)).toMatchObject({ spent: 300, returned: 300 });
    expect(await grant(communityId, addMs(OVERDUE, HOUR_MS))).toEqual({ rows: 0, summary: "0 granted" });
  });

  it("is taken back by the stage, to the month that it was spent in, and can be spent there again", async () => {
    const { communityId, memberIds } = await promisedTo(4, 200);
    expect(await grant(communityId, OVERDUE)).toEqual({
      rows: 0,
      summary: "0 granted; 4 withdrawn, and their cost returned to the budget",
    });
    expect(await budgetOf(communityId)).toEqual({ month: "2026-03", allowed: 200, spent: 200, returned: 200 });
    // What came to nothing neither tires a member nor the budget.
    await runDecideNudges(aRun(test, communityId, { now: OVERDUE }));
    expect(await budgetOf(communityId)).toEqual({ month: "2026-03", allowed: 200, spent: 400, returned: 200 });
    expect((await grant(communityId, OVERDUE)).rows).toBe(memberIds.length);
  });

  it("is told by the report as withdrawn, and costs nothing in what the policy achieved", async () => {
    const { communityId, memberIds } = await promisedTo(3);
    await suspend(communityId, memberIds[0]!);
    await grant(communityId);
    const counts = await test.read(communityId, (reader) => actionCounts(reader, MARCH));
    expect(counts).toEqual([{ action: "grant-points", decisions: 3, cost: 150, withdrawn: 1, returned: 50 }]);
    await runRecordOutcomes(aRun(test, communityId, { now: addMs(NOW, 60 * DAY_MS) }));
    // Enough members to be analysed: held out like the treated, and without cost.
    await test.rows(
      `with filler as (
         insert into members (community_id, id, display_name, locale, time_zone, role, joined_at)
         select $1, gen_random_uuid(), 'Lin', 'en', 'UTC', 'member', $2 from generate_series(1, 120) returning id
       ), decided as (
         insert into nudge_decisions (community_id, id, member_id, as_of, policy_version, model_version, probability, holdout,
           action, cost, action_set, left_out, decided_at, outcome_recorded_at)
         select $1, gen_random_uuid(), id, $3::date, 1, 1, 0.5, row_number() over () % 2 = 0, 'nothing', 0, '[]', '[]', $2, $2
         from filler returning id, member_id
       )
       insert into nudge_outcomes (community_id, decision_id, member_id, window_end, retained, active_days, recorded_at)
       select $1, id, member_id, $3::date, true, 1, $2 from decided`,
      [communityId, NOW, TODAY],
    );
    const { analysis } = await test.read(communityId, (reader) => policyReport(reader, MARCH));
    expect(analysis).toMatchObject({ kind: "analysed", treated: { members: 63, cost: 100 } });
  });
});
