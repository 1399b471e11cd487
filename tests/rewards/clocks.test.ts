import { beforeAll, describe, expect, it } from "vitest";
import { deletePost } from "../../src/community/post-actions.ts";
import type { Viewer } from "../../src/identity/viewer.ts";
import type { DomainEvent } from "../../src/kernel/domain-events.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { addMs, type Instant } from "../../src/kernel/instant.ts";
import { hidePost, restorePost } from "../../src/moderation/visibility-actions.ts";
import { acceptAnswer } from "../../src/qa/acceptance-actions.ts";
import { applyPointRules } from "../../src/rewards/award-actions.ts";
import { pointsByMember } from "../../src/rewards/points-queries.ts";
import { publishDefaultRules } from "../../src/rewards/rule-actions.ts";
import { aCast, aQuestion, at, type Cast } from "../support/content-builders.ts";
import { useDatabase } from "../support/test-database.ts";

const test = useDatabase();
let cast: Cast;
beforeAll(async () => {
  cast = await aCast(test);
  await test.tx(cast.communityId, (tx) => publishDefaultRules(tx, at(0)));
});

/** Delivers what the outbox holds, in the order of the ids that the servers' clocks gave, or backwards. */
async function deliver(order: "asc" | "desc"): Promise<void> {
  const rows = await test.rows<{ id: Id; payload: DomainEvent; occurred_at: Instant }>(
    `select id, payload, occurred_at from outbox where community_id = $1 order by id ${order}`,
    [cast.communityId],
  );
  for (const { id, payload: event, occurred_at: occurredAt } of rows) {
    const recorded = { id, communityId: cast.communityId, occurredAt, event };
    await test.tx(cast.communityId, (tx) => applyPointRules(tx, recorded, at(500)));
  }
}

const decide = (act: typeof hidePost, postId: Id, now: Instant) =>
  test.tx(cast.communityId, (tx) => act(tx, cast.moderator, { postId, revision: 1, reason: "a reason" }, now));
const experienceOf = async ({ memberId }: Viewer) =>
  (await test.read(cast.communityId, (reader) => pointsByMember(reader, [memberId])))[0]!.experience;

describe("servers whose clocks differ", () => {
  it.each(["asc", "desc"] as const)(
    "keep the points of a post that was hidden and restored, told %s",
    async (order) => {
      const before = await experienceOf(cast.reader);
      const { first } = await aQuestion(test, cast);
      await decide(hidePost, first, addMs(at(100), 2_000));
      // A second later by the wall, on a server that is two seconds behind.
      await decide(restorePost, first, addMs(at(100), 1_000));
      await deliver(order);
      expect((await experienceOf(cast.reader)) - before).toBe(3);
    },
  );

  it("take the points of a post that was restored and deleted, and never those of an earlier word", async () => {
    const before = await experienceOf(cast.reader);
    const { first } = await aQuestion(test, cast);
    await decide(hidePost, first, at(130));
    await decide(restorePost, first, at(120));
    await test.tx(cast.communityId, (tx) => deletePost(tx, cast.reader, { postId: first }, at(110)));
    await deliver("desc");
    expect((await experienceOf(cast.reader)) - before).toBe(0);
  });
});

describe("an answer that a moderator accepts", () => {
  it("pays its author, not the asker, and names the moderator as who did it", async () => {
    const [asker, answerer] = [await experienceOf(cast.author), await experienceOf(cast.reader)];
    const { first } = await aQuestion(test, cast);
    const { acceptanceId } = await test.tx(cast.communityId, (tx) =>
      acceptAnswer(tx, cast.moderator, { postId: first, replacesPostId: null }, at(200)),
    );
    await deliver("asc");
    const entries = await test.rows("select rule_key, actor_id from ledger_entries where cause_id = $1", [
      acceptanceId,
    ]);
    expect(entries).toEqual([{ rule_key: "answer-accepted", actor_id: cast.moderator.memberId }]);
    expect((await experienceOf(cast.reader)) - answerer).toBe(3 + 15);
    // Asking pays: choosing was not theirs.
    expect((await experienceOf(cast.author)) - asker).toBeLessThanOrEqual(3);
  });
});
