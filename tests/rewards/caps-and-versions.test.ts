import { describe, expect, it } from "vitest";
import { type Id, newId } from "../../src/kernel/ids.ts";
import { addMs, DAY_MS, HOUR_MS } from "../../src/kernel/instant.ts";
import { applyPointRules } from "../../src/rewards/award-actions.ts";
import { pointsByMember } from "../../src/rewards/points-queries.ts";
import { publishDefaultRules, publishPointRule } from "../../src/rewards/rule-actions.ts";
import { allRules } from "../../src/rewards/rule-queries.ts";
import { stepOf } from "../../src/rewards/statement-rules.ts";
import { pointsWhy } from "../../src/rewards/why-queries.ts";
import { anEmptyCommunity, aViewer, recorded } from "../support/value-builders.ts";
import { NOW, useAwards } from "./award-builders.ts";

const awards = useAwards();
const { aMember, aPost, apply, pointsOf, test } = awards;

describe("daily caps", () => {
  it("pay a member's day at most so often, also when everything arrives at once", async () => {
    const member = await aMember();
    await Promise.all(Array.from({ length: 12 }, () => apply(aPost(member).posted)));
    expect(await pointsOf(member)).toMatchObject({ experience: 5 * 3 });
  });

  it("begin anew with the member's own day", async () => {
    const member = await aMember("America/New_York");
    // 2026-03-08: clocks in New York go forward; the day has 23 hours, from 05:00 UTC to 04:00 UTC.
    const dayStart = new Date("2026-03-08T05:00:00Z");
    const postedAt = (offsetMs: number) => ({ ...aPost(member).posted, occurredAt: addMs(dayStart, offsetMs) });
    for (let hour = 0; hour < 23; hour += 2) await apply(postedAt(hour * HOUR_MS));
    expect(await pointsOf(member)).toMatchObject({ experience: 15 });
    await apply(postedAt(23 * HOUR_MS));
    await apply(postedAt(-1));
    expect(await pointsOf(member)).toMatchObject({ experience: 15 + 3 + 3 });
  });

  it("make room for what comes after something was taken back", async () => {
    const member = await aMember();
    const posts = Array.from({ length: 5 }, () => aPost(member));
    for (const post of posts) await apply(post.posted);
    await apply(posts[0]!.hidden);
    expect(await pointsOf(member)).toMatchObject({ experience: 12 });
    await apply(aPost(member).posted);
    expect(await pointsOf(member)).toMatchObject({ experience: 15 });
    // The day is full again, so restoring the hidden one gives nothing more.
    await apply(posts[0]!.restored);
    expect(await pointsOf(member)).toMatchObject({ experience: 15 });
  });

  it("count a restored award for the day it was earned on", async () => {
    const member = await aMember();
    const post = aPost(member);
    await apply(post.posted);
    const later = addMs(NOW, 3 * DAY_MS);
    await apply({ ...post.hidden, occurredAt: later });
    await apply({ ...post.restored, occurredAt: addMs(later, 1_000) });
    const entries = await test.rows("select day, reversal_of from ledger_entries where member_id = $1", [
      member.memberId,
    ]);
    const daysOf = (reversals: boolean) =>
      entries.filter((row) => (row.reversal_of !== null) === reversals).map((row) => row.day);
    expect(daysOf(false)).toEqual(["2026-03-01", "2026-03-01"]);
    expect(daysOf(true)).toEqual(["2026-03-04"]);
  });
});

describe("publishPointRule", () => {
  const generous = {
    key: "answer-accepted",
    eventType: "answer.accepted",
    recipient: "answererId",
    condition: {},
    experience: 30,
    coins: 20,
    dailyMax: null,
  } as const;

  it("follows a published version, and pays by the new one from then on", async () => {
    const elsewhere = await anEmptyCommunity(test, NOW);
    const [owner, asker, answerer] = [
      await aViewer(test, elsewhere, NOW, { role: "operator" }),
      await aViewer(test, elsewhere, NOW),
      await aViewer(test, elsewhere, NOW),
    ];
    await test.tx(elsewhere, (tx) => publishDefaultRules(tx, NOW));
    const published = await test.tx(elsewhere, (tx) => publishPointRule(tx, owner, generous, NOW));
    expect(published).toMatchObject({ version: 2, state: "published" });
    await test.tx(elsewhere, (tx) => publishDefaultRules(tx, NOW));
    const versions = await test.read(elsewhere, (reader) => allRules(reader, { history: true }));
    expect(versions.filter((rule) => rule.key === "answer-accepted").map((rule) => [rule.version, rule.state])).toEqual(
      [
        [2, "published"],
        [1, "retired"],
      ],
    );
    const accepted = recorded(
      elsewhere,
      {
        type: "answer.accepted",
        acceptanceId: newId(NOW),
        threadId: newId(NOW),
        postId: newId(NOW),
        askerId: asker.memberId,
        acceptedById: asker.memberId,
        answererId: answerer.memberId,
      },
      NOW,
    );
    await test.tx(elsewhere, (tx) => applyPointRules(tx, accepted, NOW));
    const [points] = await test.read(elsewhere, (reader) => pointsByMember(reader, [answerer.memberId]));
    expect(points).toMatchObject({ experience: 30, coins: 20 });
  });

  it("gives every one of ten publications at once a version of its own", async () => {
    const draft = { ...generous, key: "busy-rule" };
    const rules = await Promise.all(
      Array.from({ length: 10 }, () =>
        test.tx(awards.communityId, (tx) => publishPointRule(tx, awards.operator, draft, NOW)),
      ),
    );
    expect(rules.map((rule) => rule.version).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const inForce = await test.rows("select version from point_rules where key = 'busy-rule' and state = 'published'");
    expect(inForce).toEqual([{ version: 10 }]);
    await test.rows("update point_rules set state = 'retired' where key = 'busy-rule'");
  });

  it("is for operators", async () => {
    const member = await aMember();
    const publishing = test.tx(awards.communityId, (tx) => publishPointRule(tx, member, generous, NOW));
    await expect(publishing).rejects.toMatchObject({ code: "not-allowed" });
  });
});

describe("pointsWhy", () => {
  it("tells the whole story of an entry, whichever of its entries is asked about", async () => {
    const member = await aMember();
    const post = aPost(member);
    for (const event of [post.voted, post.hidden, post.restored]) await apply(event);
    const entries = await test.rows<{ id: Id }>("select id from ledger_entries where member_id = $1 order by id", [
      member.memberId,
    ]);
    expect(entries).toHaveLength(3);
    for (const { id } of entries) {
      const why = await test.read(awards.communityId, (reader) => pointsWhy(reader, id));
      expect(why.map((entry) => [stepOf(entry), entry.causeKind, entry.experience, entry.ruleKey])).toEqual([
        ["earned", "vote.cast", 2, "vote-received"],
        ["taken-back", "post.hidden", -2, "vote-received"],
        ["restored", "vote.cast", 2, "vote-received"],
      ]);
    }
  });

  it("says nothing about an entry that is not there", async () => {
    expect(await test.read(awards.communityId, (reader) => pointsWhy(reader, newId(NOW)))).toEqual([]);
  });
});
