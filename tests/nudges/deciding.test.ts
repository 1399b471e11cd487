import { describe, expect, it } from "vitest";
import { assignCoupon } from "../../src/coupons/code-actions.ts";
import { setConsent } from "../../src/identity/member-actions.ts";
import { addDays, dayIn } from "../../src/kernel/calendar.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { addMs, DAY_MS, HOUR_MS, type Instant } from "../../src/kernel/instant.ts";
import { decideBatch } from "../../src/nudges/decision-actions.ts";
import { nextCandidates } from "../../src/nudges/decision-queries.ts";
import type { Policy } from "../../src/nudges/policy-queries.ts";
import { runDecideNudges } from "../../workers/stages/decide-nudges.ts";
import { eventsOf } from "../support/content-builders.ts";
import { useDatabase } from "../support/test-database.ts";
import { anEmptyCommunity } from "../support/value-builders.ts";
import {
  aCampaign,
  aCommunityWith,
  aRun,
  coupon,
  decisionsOf,
  gift,
  NOW,
  nudge,
  scoreAll,
  someMembers,
  TODAY,
} from "./nudge-builders.ts";

const test = useDatabase({ poolSize: 16 });

async function decideAll(communityId: Id, policy: Policy, asOf = TODAY, now: Instant = NOW) {
  const candidates = await test.read(communityId, (reader) =>
    nextCandidates(reader, { asOf: TODAY, riskMin: policy.settings.riskMin }, null),
  );
  return test.tx(communityId, (tx) => decideBatch(tx, { asOf, policy, candidates }, now));
}

async function spent(communityId: Id): Promise<number> {
  const [row] = await test.rows("select sum(spent)::int as spent from nudge_budgets where community_id = $1", [
    communityId,
  ]);
  return row?.spent;
}

describe("the stage", () => {
  it("decides once a day, however often it runs, and tells of what is to be done", async () => {
    const { communityId } = await aCommunityWith(test, { holdoutPercent: 30 });
    await scoreAll(test, communityId, await someMembers(test, communityId, 40));
    const first = await runDecideNudges(aRun(test, communityId));
    const decisions = await decisionsOf(test, communityId);
    expect(first.rows).toBe(40);
    expect(decisions).toHaveLength(40);
    const treated = decisions.filter((decision) => decision.action === "nudge");
    const heldOut = decisions.filter((decision) => decision.holdout);
    expect(heldOut.length).toBeGreaterThan(0);
    expect(heldOut.every((decision) => decision.left_out[0]?.reason === "holdout")).toBe(true);
    expect(treated.length + heldOut.length).toBe(40);
    expect(first.summary).toBe(
      `40 decided: ${treated.length} treated for ${treated.length} coins, ${heldOut.length} held out`,
    );
    expect(await runDecideNudges(aRun(test, communityId, { now: addMs(NOW, HOUR_MS) }))).toMatchObject({ rows: 0 });
    expect(await decisionsOf(test, communityId)).toEqual(decisions);
    const told = (await eventsOf(test, communityId)).flatMap((event) =>
      event.type === "nudge.decided" ? [event.decisionId] : [],
    );
    expect(told.sort()).toEqual(treated.map((decision) => decision.id).sort());
  });

  it("stops at the budget in mid-batch, with nobody paid for twice and the rest told why", async () => {
    const { communityId } = await aCommunityWith(test, {
      actions: [gift],
      monthlyBudget: 349,
      frequencyCap: { max: 9, days: 1 },
    });
    await scoreAll(test, communityId, await someMembers(test, communityId, 20));
    await runDecideNudges(aRun(test, communityId));
    const decisions = (await decisionsOf(test, communityId)).filter((decision) => !decision.holdout);
    expect(decisions.slice(0, 6).map((decision) => decision.action)).toEqual(new Array(6).fill("grant-points"));
    expect(decisions.slice(6).map((decision) => decision.action)).toEqual(
      new Array(decisions.length - 6).fill("nothing"),
    );
    expect(decisions.at(-1)?.left_out).toEqual([{ action: "grant-points", reason: "no-budget" }]);
    expect(await spent(communityId)).toBe(300);
  });

  it("has a new budget in a new month, and follows a policy that changes it", async () => {
    const { communityId, policy } = await aCommunityWith(test, { monthlyBudget: 3, frequencyCap: { max: 1, days: 1 } });
    const members = await someMembers(test, communityId, 6);
    await scoreAll(test, communityId, members);
    const decideOn = (asOf: string, now: Instant, monthlyBudget: number) =>
      decideAll(communityId, { ...policy, settings: { ...policy.settings, monthlyBudget } }, asOf, now);
    expect((await decideOn("2026-03-30", new Date("2026-03-30T02:00:00Z"), 3)).cost).toBe(3);
    expect((await decideOn("2026-03-31", new Date("2026-03-31T02:00:00Z"), 2)).cost).toBe(0);
    expect((await decideOn("2026-04-01", new Date("2026-04-01T02:00:00Z"), 3)).cost).toBe(3);
    expect((await decideOn("2026-04-02", new Date("2026-04-02T02:00:00Z"), 5)).cost).toBe(2);
    expect(await spent(communityId)).toBe(8);
  });

  it("leaves those in peace who opted out, had theirs, are suspended or no ordinary members", async () => {
    const { communityId } = await aCommunityWith(test, { frequencyCap: { max: 1, days: 7 } });
    const [yes, no, suspended, moderator] = await someMembers(test, communityId, 4);
    await test.tx(communityId, (tx) => setConsent(tx, { memberId: no!, purpose: "nudges", granted: false }, NOW));
    await test.rows("update members set suspended_at = $2 where id = $1", [suspended, NOW]);
    await test.rows("update members set role = 'moderator' where id = $1", [moderator]);
    await scoreAll(test, communityId, [yes!, no!, suspended!, moderator!]);
    await runDecideNudges(aRun(test, communityId));
    const nextDay = addMs(NOW, DAY_MS);
    await runDecideNudges(aRun(test, communityId, { now: nextDay }));
    const decided = (await decisionsOf(test, communityId)).map(({ member_id, as_of, action, left_out }) => [
      [yes, no, suspended, moderator].indexOf(member_id),
      as_of,
      action,
      left_out[0]?.reason,
    ]);
    expect(decided).toEqual([
      [0, "2026-03-02", "nudge", undefined],
      [1, "2026-03-02", "nothing", "no-consent"],
      [0, "2026-03-03", "nothing", "frequency-cap"],
      [1, "2026-03-03", "nothing", "no-consent"],
    ]);
  });

  it.each([
    ["a policy", async () => anEmptyCommunity(test, NOW), "no policy is published: publish one first"],
    [
      "scores",
      async () => (await aCommunityWith(test, {})).communityId,
      "no scores of the last three days: run score-churn first",
    ],
  ])("says what to do without %s", async (_what, community, summary) => {
    expect(await runDecideNudges(aRun(test, await community()))).toEqual({ rows: 0, summary });
  });

  it("uses scores of the last three days, and older ones no more", async () => {
    const { communityId } = await aCommunityWith(test, {});
    await scoreAll(test, communityId, await someMembers(test, communityId, 2));
    expect((await runDecideNudges(aRun(test, communityId, { now: addMs(NOW, 4 * DAY_MS) }))).rows).toBe(0);
    expect((await runDecideNudges(aRun(test, communityId, { now: addMs(NOW, 3 * DAY_MS) }))).rows).toBe(2);
  });

  it("draws the same again for the same day, and logs propensities that sum to 1", async () => {
    const settings = { actions: [nudge, gift], explorationRate: 0.5 };
    const { communityId, policy } = await aCommunityWith(test, settings);
    await scoreAll(test, communityId, await someMembers(test, communityId, 60));
    const rolledBack = new Error("undo");
    const actions: string[][] = [];
    for (let time = 0; time < 2; time += 1) {
      const candidates = await test.read(communityId, (reader) =>
        nextCandidates(reader, { asOf: TODAY, riskMin: 0 }, null),
      );
      await test
        .tx(communityId, async (tx) => {
          await decideBatch(tx, { asOf: TODAY, policy, candidates }, NOW);
          const { rows } = await tx.client.query("select action, action_set from nudge_decisions order by member_id");
          actions.push(rows.map((row) => row.action));
          for (const { action_set: set } of rows) {
            const sum = set.reduce((total: number, each: { propensity: number }) => total + each.propensity, 0);
            expect(sum).toBeCloseTo(1, 12);
          }
          throw rolledBack;
        })
        .catch((error) => expect(error).toBe(rolledBack));
    }
    expect(actions[1]).toEqual(actions[0]);
    expect(new Set(actions[0])).toEqual(new Set(["nothing", "nudge", "grant-points"]));
  });
});

describe("coupons", () => {
  it("are promised no more often than there are codes, across days", async () => {
    const { communityId, policy } = await aCommunityWith(test, {});
    const campaignId = await aCampaign(test, communityId, 3);
    const settings = { ...policy.settings, actions: [coupon(campaignId)], frequencyCap: { max: 9, days: 1 } };
    await scoreAll(test, communityId, await someMembers(test, communityId, 8));
    const decide = (asOf: string) => decideAll(communityId, { ...policy, settings }, asOf);
    await test.rows("update nudge_policies set settings = $2 where community_id = $1", [communityId, settings]);
    expect((await decide(TODAY)).treated).toBe(3);
    expect((await decide("2026-03-03")).treated).toBe(0);
    const decisions = await decisionsOf(test, communityId);
    expect(decisions.at(-1)?.left_out).toEqual([{ action: "grant-coupon", reason: "no-code" }]);
  });

  it("are not promised to who has as many as the campaign allows, nor of a campaign that is over", async () => {
    const { communityId, policy } = await aCommunityWith(test, {});
    const campaignId = await aCampaign(test, communityId, 3);
    const settings = { ...policy.settings, actions: [coupon(campaignId)] };
    const [owner, other] = await someMembers(test, communityId, 2);
    await scoreAll(test, communityId, [owner!, other!]);
    await test.tx(communityId, (tx) => assignCoupon(tx, { campaignId, memberId: owner! }, NOW));
    await decideAll(communityId, { ...policy, settings });
    const over = addMs(NOW, 30 * DAY_MS);
    await decideAll(communityId, { ...policy, settings }, dayIn("Asia/Shanghai", over), over);
    expect((await decisionsOf(test, communityId)).map(({ action, left_out }) => [action, left_out[0]?.reason])).toEqual(
      [
        ["nothing", "coupon-limit"],
        ["grant-coupon", undefined],
        ["nothing", "no-code"],
        ["nothing", "no-code"],
      ],
    );
  });
});

describe("several schedulers", () => {
  it("decide once a member and day, within a budget that is used to the last coin", async () => {
    const { communityId, policy } = await aCommunityWith(test, { actions: [gift], monthlyBudget: 1_000 });
    await scoreAll(test, communityId, await someMembers(test, communityId, 60));
    await Promise.all(Array.from({ length: 8 }, () => decideAll(communityId, policy)));
    const decisions = await decisionsOf(test, communityId);
    expect(new Set(decisions.map((decision) => decision.member_id)).size).toBe(60);
    expect(decisions).toHaveLength(60);
    expect(await spent(communityId)).toBe(1_000);
    expect(decisions.filter((decision) => decision.action === "grant-points")).toHaveLength(20);
  });

  it("promise every code once, whichever members each looks at", async () => {
    const { communityId, policy } = await aCommunityWith(test, {});
    const campaignId = await aCampaign(test, communityId, 5);
    const settings = { ...policy.settings, actions: [coupon(campaignId)] };
    await test.rows("update nudge_policies set settings = $2 where community_id = $1", [communityId, settings]);
    const members = await someMembers(test, communityId, 40);
    await scoreAll(test, communityId, members);
    const candidates = await test.read(communityId, (reader) =>
      nextCandidates(reader, { asOf: TODAY, riskMin: 0 }, null),
    );
    const slices = Array.from({ length: 8 }, (_, part) => candidates.slice(part * 5, part * 5 + 5));
    const batch = (slice: typeof candidates) => ({ asOf: TODAY, policy: { ...policy, settings }, candidates: slice });
    await Promise.all(slices.map((slice) => test.tx(communityId, (tx) => decideBatch(tx, batch(slice), NOW))));
    const promised = (await decisionsOf(test, communityId)).filter((decision) => decision.action === "grant-coupon");
    expect(promised).toHaveLength(5);
  });

  it("count what one that is ahead has decided, and what was decided before a past day is run again", async () => {
    const { communityId, policy } = await aCommunityWith(test, { frequencyCap: { max: 1, days: 7 } });
    await scoreAll(test, communityId, await someMembers(test, communityId, 1));
    for (const asOf of ["2026-03-08", "2026-03-02", "2026-03-14", "2026-03-01"])
      await decideAll(communityId, policy, asOf);
    const decided = (await decisionsOf(test, communityId)).map(({ as_of, action }) => [as_of, action]);
    expect(decided).toEqual([
      ["2026-03-01", "nudge"],
      ["2026-03-02", "nothing"],
      ["2026-03-08", "nudge"],
      ["2026-03-14", "nothing"],
    ]);
  });

  it.each([
    ["clocks go forward", "America/New_York", "2026-03-06T05:00:00Z"],
    ["clocks go back", "America/New_York", "2026-10-30T04:00:00Z"],
    ["nothing happens to clocks", "Asia/Shanghai", "2026-05-01T16:00:00Z"],
  ])("with clocks an hour apart never pass the cap, about the night when %s", async (_when, timeZone, start) => {
    const { communityId, policy } = await aCommunityWith(test, {
      frequencyCap: { max: 2, days: 3 },
      monthlyBudget: 1_000,
    });
    const members = await someMembers(test, communityId, 12, { timeZone });
    await scoreAll(test, communityId, members);
    const offsets = [-HOUR_MS, -HOUR_MS / 2, HOUR_MS / 2, HOUR_MS];
    // Every two hours over five days, so that midnight and the hour that is lost or comes twice are met by all.
    for (let hour = 0; hour < 120; hour += 2) {
      const clocks = offsets.map((offset) => addMs(new Date(start), hour * HOUR_MS + offset));
      await Promise.all(clocks.map((now) => decideAll(communityId, policy, dayIn(timeZone, now), now)));
    }
    const decisions = await decisionsOf(test, communityId);
    const keys = decisions.map((decision) => `${decision.member_id} ${decision.as_of}`);
    expect(new Set(keys).size).toBe(keys.length);
    const acted = decisions.filter((decision) => decision.action !== "nothing");
    expect(acted.length).toBeGreaterThan(members.length);
    for (const { member_id, as_of } of acted) {
      const window = [as_of, addDays(as_of, 1), addDays(as_of, 2)];
      const inWindow = acted.filter((other) => other.member_id === member_id && window.includes(other.as_of));
      expect(inWindow.length).toBeLessThanOrEqual(2);
    }
  });
});
