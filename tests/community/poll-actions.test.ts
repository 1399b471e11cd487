import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { closePoll, votePoll } from "../../src/community/poll-actions.ts";
import { type PollView, pollsByThread } from "../../src/community/poll-queries.ts";
import type { PollSettings } from "../../src/community/poll-rules.ts";
import type { Viewer } from "../../src/identity/viewer.ts";
import type { Id } from "../../src/kernel/ids.ts";
import type { Instant } from "../../src/kernel/instant.ts";
import { setThreadLocked } from "../../src/moderation/thread-state-actions.ts";
import { aCast, aThread, at, type Cast, eventsOf, eventTypesOf, refusalOf } from "../support/content-builders.ts";
import { aSpace } from "../support/space-builders.ts";
import { useDatabase } from "../support/test-database.ts";
import { aViewer } from "../support/value-builders.ts";

const test = useDatabase();

const POLL: PollSettings = { options: ["甲", "乙", "丙"], choice: "single", results: "always", closesAt: at(1_000) };

async function aPoll(cast: Cast, poll: Partial<PollSettings> = {}, spaceId = cast.spaceId): Promise<Id> {
  const input = { kind: "poll", title: "选哪个？", spaceId, poll: { ...POLL, ...poll } } as const;
  return (await aThread(test, cast, input)).threadId;
}
const vote = (viewer: Viewer, threadId: Id, positions: number[], now: Instant = at(100)) =>
  test.tx(viewer.communityId, (tx) => votePoll(tx, viewer, { threadId, positions }, now));
const close = (viewer: Viewer, threadId: Id, now: Instant = at(200)) =>
  test.tx(viewer.communityId, (tx) => closePoll(tx, viewer, { threadId }, now));
async function see(viewer: Viewer, threadId: Id, now: Instant = at(150)): Promise<PollView> {
  const [poll] = await test.read(viewer.communityId, (reader) => pollsByThread(reader, viewer, [threadId], now));
  if (poll === undefined) throw new Error("no poll is seen");
  return poll;
}
const countsOf = (poll: PollView) => poll.options.map(({ voteCount }) => voteCount);

describe("a poll", () => {
  it("takes one ballot a member, which may be changed and taken back until it is closed", async () => {
    const cast = await aCast(test);
    const threadId = await aPoll(cast);
    await vote(cast.reader, threadId, [1]);
    await vote(cast.reader, threadId, [1]);
    await vote(cast.other, threadId, [1], at(101));
    await vote(cast.reader, threadId, [3]);
    expect(countsOf(await see(cast.author, threadId))).toEqual([1, 0, 1]);
    await vote(cast.other, threadId, []);
    await vote(cast.other, threadId, []);
    const poll = await see(cast.reader, threadId);
    expect(poll).toMatchObject({ ballotCount: 1, myPositions: [3], closed: false });
    expect(countsOf(poll)).toEqual([0, 0, 1]);
    expect(await refusalOf(vote(cast.reader, threadId, [1], at(1_000)))).toMatchObject({ code: "poll.closed" });
    expect((await eventsOf(test, cast.communityId)).filter(({ type }) => type === "poll.voted")).toEqual([
      { type: "poll.voted", threadId, memberId: cast.reader.memberId },
      { type: "poll.voted", threadId, memberId: cast.other.memberId },
    ]);
  });

  it("shows how it stands from when its author chose, to nobody earlier", async () => {
    const cast = await aCast(test);
    const voted = await aPoll(cast, { results: "voted" });
    const closed = await aPoll(cast, { results: "closed" });
    for (const threadId of [voted, closed]) await vote(cast.reader, threadId, [2]);
    const hidden = [null, null, null];
    for (const viewer of [cast.other, cast.author, cast.moderator, cast.operator]) {
      expect(countsOf(await see(viewer, voted))).toEqual(hidden);
      expect(countsOf(await see(viewer, closed))).toEqual(hidden);
    }
    expect(countsOf(await see(cast.reader, voted))).toEqual([0, 1, 0]);
    expect(countsOf(await see(cast.reader, closed))).toEqual(hidden);
    for (const threadId of [voted, closed])
      expect(countsOf(await see(cast.other, threadId, at(1_000)))).toEqual([0, 1, 0]);
  });

  it("is closed early by its author alone, once", async () => {
    const cast = await aCast(test);
    const threadId = await aPoll(cast, { closesAt: null });
    expect(await refusalOf(close(cast.moderator, threadId))).toMatchObject({ code: "not-allowed" });
    await close(cast.author, threadId);
    expect(await refusalOf(close(cast.author, threadId))).toMatchObject({ code: "poll.closed" });
    expect(await refusalOf(vote(cast.reader, threadId, [1], at(201)))).toMatchObject({ code: "poll.closed" });
  });

  it("takes no ballot where it is locked, from the suspended, from who may not look in, and where there is none", async () => {
    const cast = await aCast(test);
    const threadId = await aPoll(cast);
    const { threadId: discussion } = await aThread(test, cast);
    expect(await refusalOf(vote(cast.reader, discussion, [1]))).toMatchObject({ code: "poll.none" });
    expect(await refusalOf(vote({ ...cast.reader, suspended: true }, threadId, [1]))).toMatchObject({
      code: "member.suspended",
    });
    expect(await refusalOf(vote(cast.reader, threadId, [4]))).toMatchObject({
      code: "input.invalid",
      field: "positions",
    });
    const staff = await aSpace(test, cast, { kind: "staff" });
    const among = await aPoll({ ...cast, author: cast.moderator }, {}, staff);
    expect(await refusalOf(vote(cast.reader, among, [1]))).toMatchObject({ code: "not-found" });
    expect(await test.read(cast.communityId, (reader) => pollsByThread(reader, cast.reader, [among], at(100)))).toEqual(
      [],
    );
    await test.tx(cast.communityId, (tx) =>
      setThreadLocked(tx, cast.moderator, { threadId, locked: true, reason: "over" }, at(90)),
    );
    expect(await refusalOf(vote(cast.reader, threadId, [1]))).toMatchObject({ code: "thread.locked" });
    expect(await eventTypesOf(test, cast.communityId)).not.toContain("poll.voted");
  });

  it("is open to who may read and not post", async () => {
    const cast = await aCast(test);
    const spaceId = await aSpace(test, cast, { postAccess: "moderators" });
    const threadId = await aPoll({ ...cast, author: cast.moderator }, {}, spaceId);
    await vote(cast.reader, threadId, [2]);
    expect(countsOf(await see(cast.reader, threadId))).toEqual([0, 1, 0]);
  });

  it("counts what members vote in any order and at once as if they had voted one after the other", async () => {
    const cast = await aCast(test);
    const voters: Viewer[] = [];
    for (let n = 0; n < 4; n += 1) voters.push(await aViewer(test, cast.communityId, at(0)));
    const ballot = fc.record({
      voter: fc.nat({ max: 3 }),
      positions: fc.uniqueArray(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(ballot, { maxLength: 6 }), { maxLength: 4 }), async (rounds) => {
        const threadId = await aPoll(cast, { choice: "multiple" });
        const standing = new Map<number, number[]>();
        for (const round of rounds) {
          // At once: of a voter's own ballots in one round any may be the last, so each round keeps the voter's last one only.
          const lasting = [...new Map(round.map((cast) => [cast.voter, cast])).values()];
          await Promise.all(lasting.map(({ voter, positions }) => vote(voters[voter]!, threadId, positions)));
          for (const { voter, positions } of lasting) standing.set(voter, positions);
        }
        const ballots = [...standing.values()].filter((positions) => positions.length > 0);
        const poll = await see(cast.author, threadId);
        expect(poll.ballotCount).toBe(ballots.length);
        expect(countsOf(poll)).toEqual([1, 2, 3].map((option) => ballots.filter((b) => b.includes(option)).length));
      }),
      { numRuns: 25, seed: 7 },
    );
  });

  it("ends with one ballot after a member's thirty at once, and counts that one", async () => {
    const cast = await aCast(test);
    const threadId = await aPoll(cast);
    await Promise.all(Array.from({ length: 30 }, (_, n) => vote(cast.reader, threadId, n % 4 === 0 ? [] : [n % 4])));
    const { ballotCount, myPositions, options } = await see(cast.reader, threadId);
    expect(ballotCount).toBe(myPositions.length);
    expect(options.filter(({ voteCount }) => voteCount === 1).map(({ position }) => position)).toEqual(myPositions);
  });
});

describe("an announcement", () => {
  it("is for who moderates the space, and takes replies", async () => {
    const cast = await aCast(test);
    const announce = (author: Viewer) => aThread(test, { ...cast, author }, { kind: "announcement" });
    expect(await refusalOf(announce(cast.author))).toMatchObject({ code: "not-allowed", field: "kind" });
    await announce(cast.moderator);
  });
});
