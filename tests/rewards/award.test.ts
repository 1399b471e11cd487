import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newId } from "../../src/kernel/ids.ts";
import { applyPointRules } from "../../src/rewards/award-actions.ts";
import { spendCoins } from "../../src/rewards/points-actions.ts";
import { NOW, useAwards } from "./award-builders.ts";

const SOAK = process.env.REKINDLE_SOAK === "1";

const awards = useAwards();
const { aMember, aPost, apply, pointsOf, test } = awards;

describe("applyPointRules", () => {
  it("pays the answerer of an accepted answer, and the asker who chose", async () => {
    const member = await aMember();
    await apply(aPost(member).accepted);
    expect(await pointsOf(member)).toEqual({ experience: 15, coins: 10, coinsOwed: 0 });
    const [entry] = await test.rows("select * from ledger_entries where member_id = $1", [member.memberId]);
    expect(entry).toMatchObject({
      rule_key: "answer-accepted",
      rule_version: 1,
      actor_id: awards.voter.memberId,
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
    const crashed = test.tx(awards.communityId, async (tx) => {
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
    await test.tx(awards.communityId, (tx) => spendCoins(tx, spending, NOW));
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
