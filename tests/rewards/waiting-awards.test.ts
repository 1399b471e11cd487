import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RecordedEvent } from "../../src/kernel/domain-events.ts";
import { addMs, HOUR_MS } from "../../src/kernel/instant.ts";
import { applyPointRules } from "../../src/rewards/award-actions.ts";
import { publishPointRule } from "../../src/rewards/rule-actions.ts";
import { verifyRewards } from "../../src/rewards/verification-queries.ts";
import { NOW, useAwards } from "./award-builders.ts";

const SOAK = process.env.REKINDLE_SOAK === "1";

const awards = useAwards();
const { aMember, aPost, apply, pointsOf, test } = awards;

/** An answer pays 3, and five answers a day. */
const ANSWER = 3;
const CAP = 5;

async function aFullDay(answers: number) {
  const member = await aMember();
  const posts = Array.from({ length: answers }, (_, minute) => {
    const post = aPost(member);
    return { ...post, posted: { ...post.posted, occurredAt: addMs(NOW, minute * 60_000) } };
  });
  for (const post of posts) await apply(post.posted);
  expect(await pointsOf(member)).toMatchObject({ experience: ANSWER * Math.min(CAP, answers) });
  return { member, posts };
}

describe("what a daily cap left out", () => {
  it("is paid once a reversal makes room, oldest first", async () => {
    const { member, posts } = await aFullDay(7);
    await apply(posts[0]!.hidden);
    expect(await pointsOf(member)).toMatchObject({ experience: ANSWER * CAP });
    const { occurredAt } = posts[0]!.hidden;
    const settled = await test.rows(
      "select cause_id from ledger_entries where member_id = $1 and reversal_of is null and occurred_at = $2",
      [member.memberId, occurredAt],
    );
    // It moved when the other one was hidden, and says so.
    expect(settled).toEqual([{ cause_id: posts[5]!.postId }]);
    await apply(posts[1]!.deleted);
    await apply(posts[2]!.hidden);
    expect(await pointsOf(member)).toMatchObject({ experience: ANSWER * 4 });
    await apply(posts[2]!.restored);
    await apply(posts[0]!.restored);
    expect(await pointsOf(member)).toMatchObject({ experience: ANSWER * CAP });
  });

  it("is not paid while its own post is hidden, nor ever for a vote that was taken back", async () => {
    const { member, posts } = await aFullDay(6);
    await apply(posts[5]!.hidden);
    await apply(posts[0]!.hidden);
    expect(await pointsOf(member)).toMatchObject({ experience: ANSWER * 4 });
    await apply(posts[5]!.restored);
    expect(await pointsOf(member)).toMatchObject({ experience: ANSWER * CAP });
    const liked = Array.from({ length: 21 }, () => aPost(member));
    for (const post of liked) await apply(post.voted);
    await apply(liked[20]!.unvoted);
    await apply(liked[20]!.voted);
    await apply(liked[0]!.unvoted);
    expect(await pointsOf(member)).toMatchObject({ coins: 19 });
    expect(
      await test.rows("select from waiting_awards where member_id = $1 and rule_key = 'vote-received'", [
        member.memberId,
      ]),
    ).toEqual([]);
  });

  it("stays as it was when the reversal's transaction dies, and is settled once when it runs again", async () => {
    const { member, posts } = await aFullDay(6);
    const died = test.tx(awards.communityId, async (tx) => {
      await applyPointRules(tx, posts[0]!.hidden, NOW);
      throw new Error("the worker died");
    });
    await expect(died).rejects.toThrow("died");
    const entries = () => test.rows("select id from ledger_entries where member_id = $1", [member.memberId]);
    expect(await entries()).toHaveLength(5);
    for (let again = 0; again < 3; again += 1) await apply(posts[0]!.hidden);
    expect(await entries()).toHaveLength(7);
    expect(await pointsOf(member)).toMatchObject({ experience: ANSWER * CAP });
  });

  it("pays what stands, whichever posts are hidden and restored at once", async () => {
    for (let round = 0; round < (SOAK ? 30 : 3); round += 1) {
      const { member, posts } = await aFullDay(9);
      const words = [posts[0]!.hidden, posts[1]!.hidden, posts[5]!.hidden, posts[6]!.hidden, posts[7]!.hidden];
      await Promise.all([...words, ...words].map(apply));
      expect(await pointsOf(member)).toMatchObject({ experience: ANSWER * 4 });
      await Promise.all([posts[0]!, posts[5]!, posts[7]!].flatMap(({ restored }) => [restored, restored]).map(apply));
      expect(await pointsOf(member)).toMatchObject({ experience: ANSWER * CAP });
    }
    expect(await test.read(awards.communityId, verifyRewards)).toMatchObject({ differences: [] });
  });

  const FATES = {
    stands: ["posted"],
    hidden: ["posted", "hidden"],
    restored: ["posted", "hidden", "restored"],
    deleted: ["posted", "hidden", "restored", "deleted"],
  } as const;
  const fates = fc.array(fc.constantFrom<keyof typeof FATES>("stands", "stands", "hidden", "restored", "deleted"), {
    minLength: 6,
    maxLength: 9,
  });
  const story = fates.chain((chosen) => {
    const told = chosen.flatMap((fate, post) => FATES[fate].map((name) => ({ post, name })));
    return fc.record({
      fates: fc.constant(chosen),
      deliveries: fc.shuffledSubarray([...told, ...told.filter((_, nth) => nth % 3 === 0)], {
        minLength: told.length + Math.ceil(told.length / 3),
      }),
    });
  });

  it.each([
    [
      "one after the other",
      async (events: readonly RecordedEvent[]) => {
        for (const event of events) await apply(event);
      },
    ],
    [
      "at once",
      async (events: readonly RecordedEvent[]) => {
        await Promise.all(events.map(apply));
      },
    ],
  ])("comes to the same sum in any order and however often told, beyond the cap too: %s", async (_how, deliver) => {
    await fc.assert(
      fc.asyncProperty(story, async ({ fates: chosen, deliveries }) => {
        const member = await aMember();
        const posts = chosen.map(() => aPost(member));
        await deliver(deliveries.map(({ post, name }) => posts[post]![name]));
        const standing = chosen.filter((fate) => fate === "stands" || fate === "restored").length;
        expect(await pointsOf(member)).toEqual({
          experience: ANSWER * Math.min(CAP, standing),
          coins: 0,
          coinsOwed: 0,
        });
      }),
      { seed: 17, numRuns: SOAK ? 200 : 12 },
    );
    expect(await test.read(awards.communityId, verifyRewards)).toMatchObject({ differences: [] });
  });
});

describe("a rule that changed", () => {
  it("pays by the version that was in force when it happened, however late that is heard", async () => {
    const member = await aMember();
    const changedAt = addMs(NOW, HOUR_MS);
    const generous = {
      key: "vote-received",
      eventType: "vote.cast",
      recipient: "authorId",
      condition: { value: 1 },
    } as const;
    const voteAt = (offsetMs: number) => ({ ...aPost(member).voted, occurredAt: addMs(changedAt, offsetMs) });
    const [before, after] = [voteAt(-1), voteAt(0)];
    await test.tx(awards.communityId, (tx) =>
      publishPointRule(tx, awards.operator, { ...generous, experience: 40, coins: 0, dailyMax: null }, changedAt),
    );
    await apply(after);
    expect(await pointsOf(member)).toMatchObject({ experience: 40 });
    await apply(before);
    expect(await pointsOf(member)).toMatchObject({ experience: 42, coins: 1 });
    // From before the rule there is only its first version.
    await apply(voteAt(-24 * 365 * HOUR_MS));
    expect(await pointsOf(member)).toMatchObject({ experience: 44, coins: 2 });
  });
});
