import { describe, expect, it } from "vitest";
import { castVote, removeVote, type VoteValue } from "../../src/community/vote-actions.ts";
import type { Viewer } from "../../src/identity/viewer.ts";
import type { DomainEventOf } from "../../src/kernel/domain-events.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { hidePost } from "../../src/moderation/visibility-actions.ts";
import { aCast, aPost, aThread, at, eventsOf, refusalOf } from "../support/content-builders.ts";
import { useDatabase } from "../support/test-database.ts";

const test = useDatabase();

const cast = (viewer: Viewer, postId: Id, value: VoteValue) =>
  test.tx(viewer.communityId, (tx) => castVote(tx, viewer, { postId, value }, at(30)));
const uncast = (viewer: Viewer, postId: Id) =>
  test.tx(viewer.communityId, (tx) => removeVote(tx, viewer, { postId }, at(30)));
const scoreOf = async (postId: Id) => (await test.rows("select score from posts where id = $1", [postId]))[0]?.score;
const voteEvents = async (communityId: Id) =>
  (await eventsOf(test, communityId)).filter(
    (event): event is DomainEventOf<"vote.cast" | "vote.removed"> =>
      event.type === "vote.cast" || event.type === "vote.removed",
  );

describe("votes", () => {
  it("count once a member, and tell each cast by an id of its own", async () => {
    const people = await aCast(test);
    const { openingPostId: postId, threadId } = await aThread(test, people);
    await cast(people.reader, postId, 1);
    await cast(people.reader, postId, 1);
    await cast(people.other, postId, 1);
    expect(await scoreOf(postId)).toBe(2);
    await cast(people.reader, postId, -1);
    expect(await scoreOf(postId)).toBe(0);
    await uncast(people.reader, postId);
    await uncast(people.reader, postId);
    expect(await scoreOf(postId)).toBe(1);
    const mine = (await voteEvents(people.communityId)).filter((event) => event.voterId === people.reader.memberId);
    const casts = mine.filter((event) => event.type === "vote.cast");
    const removals = mine.filter((event) => event.type === "vote.removed");
    expect(casts.map((event) => event.value).sort()).toEqual([-1, 1]);
    expect(removals.map((event) => event.voteId).sort()).toEqual(casts.map((event) => event.voteId).sort());
    expect(casts[0]).toMatchObject({ postId, threadId, authorId: people.author.memberId, postKind: "opening" });
  });

  it("are refused on one's own post, on a hidden one, and when suspended", async () => {
    const people = await aCast(test);
    const { openingPostId, threadId } = await aThread(test, people);
    const reply = await aPost(test, people.reader, threadId);
    expect(await refusalOf(cast(people.author, openingPostId, 1))).toMatchObject({ code: "vote.own-post" });
    expect(await refusalOf(cast({ ...people.other, suspended: true }, reply, 1))).toMatchObject({
      code: "member.suspended",
    });
    await test.tx(people.communityId, (tx) =>
      hidePost(tx, people.moderator, { postId: reply, revision: 1, reason: "spam" }, at(20)),
    );
    expect(await refusalOf(cast(people.other, reply, 1))).toMatchObject({ code: "not-found" });
    expect(await refusalOf(cast(people.moderator, reply, 1))).toMatchObject({ code: "post.hidden" });
  });

  it("end consistent after fifty toggles at once by one member", async () => {
    const people = await aCast(test);
    const { openingPostId: postId } = await aThread(test, people);
    await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        n % 3 === 0 ? uncast(people.reader, postId) : cast(people.reader, postId, n % 2 === 0 ? 1 : -1),
      ),
    );
    const rows = await test.rows("select value from votes where post_id = $1", [postId]);
    expect(rows.length).toBeLessThanOrEqual(1);
    const standing = rows[0]?.value ?? 0;
    expect(await scoreOf(postId)).toBe(standing);
    const told = (await voteEvents(people.communityId)).reduce(
      (sum, event) => sum + (event.type === "vote.cast" ? event.value : -event.value),
      0,
    );
    expect(told).toBe(standing);
  });
});
