import { beforeAll, describe, expect, it } from "vitest";
import type { Viewer } from "../../src/identity/viewer.ts";
import type { RecordedEvent } from "../../src/kernel/domain-events.ts";
import { type Id, newId } from "../../src/kernel/ids.ts";
import { addMs } from "../../src/kernel/instant.ts";
import { applyPointRules } from "../../src/rewards/award-actions.ts";
import { awardBadges, publishBadge, publishDefaultBadges } from "../../src/rewards/badge-actions.ts";
import { badgesByMember } from "../../src/rewards/badge-queries.ts";
import { grantPoints } from "../../src/rewards/points-actions.ts";
import { publishDefaultRules } from "../../src/rewards/rule-actions.ts";
import { useDatabase } from "../support/test-database.ts";
import { anEmptyCommunity, aViewer, recorded } from "../support/value-builders.ts";

const NOW = new Date("2026-03-01T08:00:00Z");
const test = useDatabase();
let communityId: Id;
let asker: Viewer;
let operator: Viewer;

beforeAll(async () => {
  communityId = await anEmptyCommunity(test, NOW);
  asker = await aViewer(test, communityId, NOW);
  operator = await aViewer(test, communityId, NOW, { role: "operator" });
  await test.tx(communityId, async (tx) => {
    await publishDefaultRules(tx, NOW);
    await publishDefaultBadges(tx, NOW);
    await publishDefaultBadges(tx, NOW);
  });
});

const award = (event: RecordedEvent) => test.tx(communityId, (tx) => awardBadges(tx, event, NOW));

function acceptanceOf(answerer: Viewer) {
  return {
    acceptanceId: newId(NOW),
    threadId: newId(NOW),
    postId: newId(NOW),
    askerId: asker.memberId,
    answererId: answerer.memberId,
    acceptedById: asker.memberId,
    unacceptedById: asker.memberId,
  };
}

/** What the relay would deliver of a member's movements, as the outbox holds it. */
async function movementsOf(member: Viewer): Promise<RecordedEvent[]> {
  const rows = await test.rows(
    "select id, payload, occurred_at from outbox where payload ->> 'type' = 'points.posted' and payload ->> 'memberId' = $1 order by id",
    [member.memberId],
  );
  return rows.map((row) => ({ id: row.id, communityId, occurredAt: row.occurred_at, event: row.payload }));
}

async function badgesOf(member: Viewer) {
  const [badges] = await test.read(communityId, (reader) => badgesByMember(reader, [member.memberId], 50));
  return badges!.map((badge) => badge.badgeKey);
}

describe("awardBadges", () => {
  it("awards the first accepted answer once, though its event comes 20 times at once, and tells of it once", async () => {
    const member = await aViewer(test, communityId, NOW);
    const accepted = recorded(communityId, { type: "answer.accepted", ...acceptanceOf(member) }, NOW);
    await test.tx(communityId, (tx) => applyPointRules(tx, accepted, NOW));
    const [movement] = await movementsOf(member);
    const awards = await Promise.all(Array.from({ length: 20 }, () => award(movement!)));
    expect(awards.flat()).toMatchObject([{ memberId: member.memberId, badgeKey: "first-accepted-answer" }]);
    expect(await badgesOf(member)).toEqual(["first-accepted-answer"]);
    const told = await test.rows(
      "select payload from outbox where payload ->> 'type' = 'badge.awarded' and payload ->> 'memberId' = $1",
      [member.memberId],
    );
    expect(told).toHaveLength(1);
    const second = recorded(communityId, { type: "answer.accepted", ...acceptanceOf(member) }, NOW);
    await test.tx(communityId, (tx) => applyPointRules(tx, second, NOW));
    for (const each of await movementsOf(member)) expect(await award(each)).toEqual([]);
  });

  it("awards nothing for an acceptance that was taken back meanwhile, and leaves what was awarded", async () => {
    const member = await aViewer(test, communityId, NOW);
    const acceptance = acceptanceOf(member);
    const apply = (type: "answer.accepted" | "answer.unaccepted", at: Date) =>
      test.tx(communityId, (tx) => applyPointRules(tx, recorded(communityId, { type, ...acceptance }, at), NOW));
    await apply("answer.accepted", NOW);
    await apply("answer.unaccepted", addMs(NOW, 1_000));
    for (const each of await movementsOf(member)) await award(each);
    expect(await badgesOf(member)).toEqual([]);
  });

  it("gives the one who asked no answerer's badge", async () => {
    for (const each of await movementsOf(asker)) await award(each);
    expect(await badgesOf(asker)).toEqual([]);
  });

  it("awards by a new version's criteria once it is published", async () => {
    const member = await aViewer(test, communityId, NOW);
    const draft = { key: "newcomer", title: { en: "Newcomer", "zh-CN": "新人" }, criteria: {} as unknown };
    const publish = (criteria: unknown) =>
      test.tx(communityId, (tx) => publishBadge(tx, operator, { ...draft, criteria }, NOW));
    await publish({ kind: "experience", atLeast: 1_000 });
    const given = { memberId: member.memberId, experience: 30, coins: 0, causeKind: "thanks", causeId: newId(NOW) };
    await test.tx(communityId, (tx) => grantPoints(tx, { ...given, actorId: null }, NOW));
    const [movement] = await movementsOf(member);
    expect(await award(movement!)).toEqual([]);
    expect(await publish({ kind: "level", atLeast: 2 })).toMatchObject({ version: 2 });
    expect(await award(movement!)).toMatchObject([{ badgeKey: "newcomer" }]);
  });

  it("lets only operators publish, and only what can be read", async () => {
    const draft = { key: "x-badge", title: { en: "X", "zh-CN": "X" }, criteria: { kind: "level", atLeast: 2 } };
    const publish = (viewer: Viewer, change: object) =>
      test.tx(communityId, (tx) => publishBadge(tx, viewer, { ...draft, ...change }, NOW));
    await expect(publish(asker, {})).rejects.toMatchObject({ code: "not-allowed" });
    await expect(publish(operator, { criteria: { kind: "luck" } })).rejects.toMatchObject({ field: "criteria" });
    await expect(publish(operator, { title: { en: "X", "zh-CN": " " } })).rejects.toMatchObject({ field: "title" });
    await expect(publish(operator, { key: "X" })).rejects.toMatchObject({ field: "key" });
  });
});
