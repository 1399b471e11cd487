import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { Viewer } from "../../src/identity/viewer.ts";
import type { DomainEvent, PostKind, RecordedEvent } from "../../src/kernel/domain-events.ts";
import { type Id, newId } from "../../src/kernel/ids.ts";
import { addMs, DAY_MS, HOUR_MS } from "../../src/kernel/instant.ts";
import { applyPointRules } from "../../src/rewards/award-actions.ts";
import { spendCoins } from "../../src/rewards/points-actions.ts";
import { pointsByMember } from "../../src/rewards/points-queries.ts";
import { publishDefaultRules, publishPointRule } from "../../src/rewards/rule-actions.ts";
import { allRules } from "../../src/rewards/rule-queries.ts";
import { stepOf } from "../../src/rewards/statement-rules.ts";
import { pointsWhy } from "../../src/rewards/why-queries.ts";
import { useDatabase } from "../support/test-database.ts";
import { anEmptyCommunity, aViewer, recorded } from "../support/value-builders.ts";

const NOW = new Date("2026-03-01T08:00:00Z");
const SOAK = process.env.REKINDLE_SOAK === "1";
const test = useDatabase({ poolSize: 12 });
let communityId: Id;
let voter: Viewer;
let moderator: Viewer;
let operator: Viewer;

beforeAll(async () => {
  communityId = await anEmptyCommunity(test, NOW);
  voter = await aViewer(test, communityId, NOW);
  moderator = await aViewer(test, communityId, NOW, { role: "moderator" });
  operator = await aViewer(test, communityId, NOW, { role: "operator" });
  await test.tx(communityId, (tx) => publishDefaultRules(tx, NOW));
});

const aMember = (timeZone?: string) => aViewer(test, communityId, NOW, { timeZone });
const happened = (event: DomainEvent, at = NOW) => recorded(communityId, event, at);
const apply = (event: RecordedEvent) => test.tx(communityId, (tx) => applyPointRules(tx, event, NOW));

async function pointsOf(member: Viewer) {
  const [points] = await test.read(communityId, (reader) => pointsByMember(reader, [member.memberId]));
  return points!;
}

/** A post of `author` and what may happen to it, a minute apart. */
function aPost(author: Viewer, postKind: PostKind = "answer") {
  const post = { postId: newId(NOW), threadId: newId(NOW), authorId: author.memberId };
  const moderation = { ...post, moderatorId: moderator.memberId };
  const acceptance = {
    acceptanceId: newId(NOW),
    threadId: post.threadId,
    postId: post.postId,
    askerId: voter.memberId,
    answererId: author.memberId,
  };
  const vote = { ...post, voteId: newId(NOW), voterId: voter.memberId, value: 1 } as const;
  return {
    postId: post.postId,
    posted: happened({ type: "post.created", ...post, threadAuthorId: voter.memberId, kind: "answer" }),
    voted: happened({ type: "vote.cast", ...vote, postKind }, addMs(NOW, 60_000)),
    unvoted: happened({ type: "vote.removed", ...vote }, addMs(NOW, 120_000)),
    accepted: happened({ type: "answer.accepted", ...acceptance }, addMs(NOW, 180_000)),
    unaccepted: happened({ type: "answer.unaccepted", ...acceptance }, addMs(NOW, 240_000)),
    hidden: happened({ type: "post.hidden", actionId: newId(NOW), ...moderation }, addMs(NOW, 300_000)),
    restored: happened({ type: "post.restored", actionId: newId(NOW), ...moderation }, addMs(NOW, 360_000)),
    deleted: happened({ type: "post.deleted", ...post, kind: postKind }, addMs(NOW, 420_000)),
  };
}

describe("applyPointRules", () => {
  it("pays the answerer of an accepted answer, and the asker who chose", async () => {
    const member = await aMember();
    await apply(aPost(member).accepted);
    expect(await pointsOf(member)).toEqual({ experience: 15, coins: 10, coinsOwed: 0 });
    const [entry] = await test.rows("select * from ledger_entries where member_id = $1", [member.memberId]);
    expect(entry).toMatchObject({
      rule_key: "answer-accepted",
      rule_version: 1,
      actor_id: voter.memberId,
      cause_kind: "answer.accepted",
    });
  });

  it("has one effect when an event is delivered 50 times at once", async () => {
    const member = await aMember();
    const { accepted } = aPost(member);
    await Promise.all(Array.from({ length: 50 }, () => apply(accepted)));
    expect(await pointsOf(member)).toEqual({ experience: 15, coins: 10, coinsOwed: 0 });
    const entries = await test.rows("select id from ledger_entries where member_id = $1", [member.memberId]);
    expect(entries).toHaveLength(1);
  });

  it("has one effect when the worker crashes after its work and does it again", async () => {
    const member = await aMember();
    const { voted } = aPost(member);
    const crashed = test.tx(communityId, async (tx) => {
      await applyPointRules(tx, voted, NOW);
      throw new Error("the worker died");
    });
    await expect(crashed).rejects.toThrow("died");
    expect(await pointsOf(member)).toMatchObject({ experience: 0 });
    await apply(voted);
    await apply(voted);
    expect(await pointsOf(member)).toMatchObject({ experience: 2, coins: 1 });
  });

  it("takes back what a removed vote and an un-accepted answer earned, and only that", async () => {
    const member = await aMember();
    const post = aPost(member);
    for (const event of [post.posted, post.voted, post.accepted]) await apply(event);
    expect(await pointsOf(member)).toMatchObject({ experience: 3 + 2 + 15, coins: 1 + 10 });
    await apply(post.unvoted);
    expect(await pointsOf(member)).toMatchObject({ experience: 3 + 15, coins: 10 });
    await apply(post.unaccepted);
    expect(await pointsOf(member)).toMatchObject({ experience: 3, coins: 0 });
  });

  it("takes back all that followed from a hidden post, and gives it again when it is restored", async () => {
    const member = await aMember();
    const post = aPost(member);
    for (const event of [post.posted, post.voted, post.accepted, post.unvoted]) await apply(event);
    await apply(post.hidden);
    expect(await pointsOf(member)).toEqual({ experience: 0, coins: 0, coinsOwed: 0 });
    await apply(post.restored);
    // The vote was taken back by its voter: restoring the post does not bring it back.
    expect(await pointsOf(member)).toEqual({ experience: 18, coins: 10, coinsOwed: 0 });
  });

  it("takes back what a deleted post earned", async () => {
    const member = await aMember();
    const post = aPost(member);
    await apply(post.posted);
    await apply(post.deleted);
    expect(await pointsOf(member)).toMatchObject({ experience: 0 });
  });

  it("is owed the coins of a hidden post that were spent already", async () => {
    const member = await aMember();
    const post = aPost(member);
    await apply(post.accepted);
    const spending = { memberId: member.memberId, coins: 8, causeKind: "treat", causeId: newId(NOW) };
    await test.tx(communityId, (tx) => spendCoins(tx, spending, NOW));
    await apply(post.hidden);
    expect(await pointsOf(member)).toEqual({ experience: 0, coins: 0, coinsOwed: 8 });
    await apply(post.restored);
    expect(await pointsOf(member)).toEqual({ experience: 15, coins: 2, coinsOwed: 0 });
  });

  it("ends the same in whatever order and however often the events arrive", async () => {
    const names = ["posted", "voted", "unvoted", "accepted", "hidden", "restored"] as const;
    const deliveries = fc.tuple(
      fc.shuffledSubarray([...names], { minLength: names.length }),
      fc.array(fc.constantFrom(...names), { maxLength: 8 }),
    );
    await fc.assert(
      fc.asyncProperty(deliveries, async ([once, again]) => {
        const member = await aMember();
        const post = aPost(member);
        for (const name of [...once, ...again]) await apply(post[name]);
        expect(await pointsOf(member)).toEqual({ experience: 18, coins: 10, coinsOwed: 0 });
      }),
      { seed: 11, numRuns: SOAK ? 400 : 20 },
    );
  });

  it("ends the same when all arrive at once, five times each", async () => {
    for (let round = 0; round < (SOAK ? 50 : 3); round += 1) {
      const member = await aMember();
      const post = aPost(member);
      const events = [post.posted, post.voted, post.unvoted, post.accepted, post.unaccepted, post.hidden];
      await Promise.all([1, 2, 3, 4, 5].flatMap(() => events.map(apply)));
      expect(await pointsOf(member)).toEqual({ experience: 0, coins: 0, coinsOwed: 0 });
      await Promise.all([1, 2, 3].map(() => apply(post.restored)));
      expect(await pointsOf(member)).toEqual({ experience: 3, coins: 0, coinsOwed: 0 });
    }
  });

  it("hears an older word no more once a newer one was heard", async () => {
    const member = await aMember();
    const post = aPost(member);
    await apply(post.posted);
    await apply(post.restored);
    await apply(post.hidden);
    expect(await pointsOf(member)).toMatchObject({ experience: 3 });
  });
});

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
      Array.from({ length: 10 }, () => test.tx(communityId, (tx) => publishPointRule(tx, operator, draft, NOW))),
    );
    expect(rules.map((rule) => rule.version).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const inForce = await test.rows("select version from point_rules where key = 'busy-rule' and state = 'published'");
    expect(inForce).toEqual([{ version: 10 }]);
    await test.rows("update point_rules set state = 'retired' where key = 'busy-rule'");
  });

  it("is for operators", async () => {
    const member = await aMember();
    const publishing = test.tx(communityId, (tx) => publishPointRule(tx, member, generous, NOW));
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
      const why = await test.read(communityId, (reader) => pointsWhy(reader, id));
      expect(why.map((entry) => [stepOf(entry), entry.causeKind, entry.experience, entry.ruleKey])).toEqual([
        ["earned", "vote.cast", 2, "vote-received"],
        ["taken-back", "post.hidden", -2, "vote-received"],
        ["restored", "vote.cast", 2, "vote-received"],
      ]);
    }
  });

  it("says nothing about an entry that is not there", async () => {
    expect(await test.read(communityId, (reader) => pointsWhy(reader, newId(NOW)))).toEqual([]);
  });
});
