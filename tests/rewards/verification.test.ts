import { describe, expect, it } from "vitest";
import { newId } from "../../src/kernel/ids.ts";
import { verifyRewards } from "../../src/rewards/verification-queries.ts";
import { NOW, useAwards } from "./award-builders.ts";

const awards = useAwards();
const { aMember, aPost, apply, test } = awards;

const verify = () => test.read(awards.communityId, verifyRewards);
const differencesAfter = async (spoil: string, mend: string, values: unknown[]) => {
  await test.rows(spoil, values);
  const { differences } = await verify();
  await test.rows(mend, values);
  expect((await verify()).differences).toEqual([]);
  return differences;
};

describe("verifyRewards", () => {
  it("names an award whose post does not stand", async () => {
    const post = aPost(await aMember());
    for (const event of [post.posted, post.hidden, post.restored]) await apply(event);
    const [entry] = await test.rows(
      "select id from ledger_entries where post_id = $1 and source_key like 'reapplied:%'",
      [post.postId],
    );
    const say = (stands: boolean) => `update point_standings set stands = ${stands} where subject_id = $1`;
    expect(await differencesAfter(say(false), say(true), [post.postId])).toEqual([
      { kind: "unfounded-award", entryId: entry!.id, subjectId: post.postId },
    ]);
  });

  it("names an award that was taken back from a post that stands", async () => {
    const post = aPost(await aMember());
    for (const event of [post.posted, post.hidden]) await apply(event);
    const [entry] = await test.rows("select id from ledger_entries where post_id = $1 and reversal_of is null", [
      post.postId,
    ]);
    const say = (stands: boolean) => `update point_standings set stands = ${stands} where subject_id = $1`;
    expect(await differencesAfter(say(true), say(false), [post.postId])).toEqual([
      { kind: "lost-award", entryId: entry!.id },
    ]);
  });

  it("names a day beyond its cap, and an award that waits without need", async () => {
    const member = await aMember();
    for (let posted = 0; posted < 6; posted += 1) await apply(aPost(member).posted);
    const cap = (most: number) =>
      `update point_rules set daily_max = ${most} where key = 'answer-posted' and community_id = $1`;
    const ofMember = { memberId: member.memberId };
    expect(await differencesAfter(cap(4), cap(5), [awards.communityId])).toEqual([
      { kind: "capped-day", ...ofMember, ruleKey: "answer-posted", day: "2026-03-01", paid: 5, dailyMax: 4 },
    ]);
    const [waiting] = await test.rows("select source_key from waiting_awards where member_id = $1", [member.memberId]);
    expect(await differencesAfter(cap(6), cap(5), [awards.communityId])).toEqual([
      { kind: "unpaid-award", sourceKey: waiting!.source_key, ...ofMember },
    ]);
  });

  it("names a badge that no entry led to", async () => {
    const member = await aMember();
    const id = newId(NOW);
    const given = await differencesAfter(
      `insert into badge_awards (community_id, id, member_id, badge_key, badge_version, occurrence, cause_id, awarded_at)
       values ($1, $2, $3, 'trusted-guide', 1, '', $2, now())`,
      "delete from badge_awards where community_id = $1 and id = $2 and member_id = $3",
      [awards.communityId, id, member.memberId],
    );
    expect(given).toEqual([{ kind: "unexplained-badge", awardId: id, memberId: member.memberId }]);
  });

  it("finds nothing at any moment while points move", async () => {
    const members = await Promise.all(Array.from({ length: 4 }, () => aMember()));
    let moving = true;
    const readings = (async () => {
      let read = 0;
      for (; moving; read += 1) expect((await verify()).differences).toEqual([]);
      return read;
    })();
    await Promise.all(
      members.map(async (member) => {
        const posts = Array.from({ length: 8 }, () => aPost(member));
        for (const { posted, voted } of posts) await Promise.all([posted, voted].map(apply));
        await Promise.all(posts.slice(0, 5).map(({ hidden }) => apply(hidden)));
        await Promise.all(posts.slice(0, 3).map(({ restored }) => apply(restored)));
      }),
    );
    moving = false;
    expect(await readings).toBeGreaterThan(3);
  });
});
