import { describe, expect, it } from "vitest";
import { createPost } from "../../src/community/post-actions.ts";
import { listPinned } from "../../src/community/thread-feed-queries.ts";
import type { Viewer } from "../../src/identity/viewer.ts";
import type { Id } from "../../src/kernel/ids.ts";
import type { Instant } from "../../src/kernel/instant.ts";
import { moveThread } from "../../src/moderation/thread-move-actions.ts";
import { PINS_MAX } from "../../src/moderation/thread-rules.ts";
import {
  pinThread,
  setThreadLocked,
  setThreadSlowMode,
  unpinThread,
} from "../../src/moderation/thread-state-actions.ts";
import {
  aCast,
  aPost,
  aThread,
  at,
  type Cast,
  eventsOf,
  eventTypesOf,
  refusalOf,
} from "../support/content-builders.ts";
import { aSpace, aSpaceModerator } from "../support/space-builders.ts";
import { useDatabase } from "../support/test-database.ts";

const test = useDatabase();

const lock = (viewer: Viewer, threadId: Id, locked = true) =>
  test.tx(viewer.communityId, (tx) =>
    setThreadLocked(tx, viewer, { threadId, locked, reason: "settled" }, at(locked ? 50 : 51)),
  );
const pin = (viewer: Viewer, threadId: Id, until: Instant | null = null, now = at(50)) =>
  test.tx(viewer.communityId, (tx) => pinThread(tx, viewer, { threadId, until, reason: "read me" }, now));
const unpin = (viewer: Viewer, threadId: Id) =>
  test.tx(viewer.communityId, (tx) => unpinThread(tx, viewer, { threadId, reason: "old" }, at(60)));
const move = (viewer: Viewer, threadId: Id, spaceId: Id) =>
  test.tx(viewer.communityId, (tx) => moveThread(tx, viewer, { threadId, spaceId, reason: "belongs there" }, at(70)));
const slow = (viewer: Viewer, threadId: Id, seconds: number) =>
  test.tx(viewer.communityId, (tx) => setThreadSlowMode(tx, viewer, { threadId, seconds, reason: "calm down" }, at(5)));
const threadOf = async (id: Id) => (await test.rows("select * from threads where id = $1", [id]))[0];
const auditOf = (communityId: Id) =>
  test.rows("select action, post_id, reason, details from moderation_actions where community_id = $1 order by id", [
    communityId,
  ]);
const pinnedOf = async (cast: Cast, viewer: Viewer, now = at(55)) => {
  const [pinned] = await test.read(cast.communityId, (reader) => listPinned(reader, viewer, [cast.spaceId], now));
  return pinned!.map(({ id }) => id);
};

describe("locking a thread", () => {
  it("keeps members from posting, not moderators, until it is unlocked; each recorded once", async () => {
    const cast = await aCast(test);
    const { threadId, openingPostId } = await aThread(test, cast);
    await Promise.all([lock(cast.moderator, threadId), lock(cast.moderator, threadId)]);
    expect(await refusalOf(aPost(test, cast.reader, threadId))).toMatchObject({ code: "thread.locked" });
    expect(await refusalOf(aPost(test, cast.author, threadId))).toMatchObject({ code: "thread.locked" });
    await aPost(test, cast.moderator, threadId);
    await lock(cast.moderator, threadId, false);
    await aPost(test, cast.reader, threadId);
    expect(await auditOf(cast.communityId)).toEqual([
      { action: "thread.locked", post_id: openingPostId, reason: "settled", details: { threadId } },
      { action: "thread.unlocked", post_id: openingPostId, reason: "settled", details: { threadId } },
    ]);
    const types = (await eventTypesOf(test, cast.communityId)).filter((type) => type.endsWith("locked"));
    expect(types).toEqual(["thread.locked", "thread.unlocked"]);
  });

  it("meets a post at once in one order or the other", async () => {
    const cast = await aCast(test);
    const { threadId } = await aThread(test, cast);
    const [, posted] = await Promise.allSettled([lock(cast.moderator, threadId), aPost(test, cast.reader, threadId)]);
    expect((await threadOf(threadId))?.reply_count).toBe(posted.status === "fulfilled" ? 1 : 0);
  });
});

describe("what a moderator does to a thread", () => {
  it("is for who moderates its space, with a reason", async () => {
    const cast = await aCast(test);
    const { threadId } = await aThread(test, cast);
    const elsewhere = await aSpace(test, cast);
    await aSpaceModerator(test, cast, cast.other, elsewhere);
    for (const viewer of [cast.author, cast.reader, cast.other]) {
      for (const attempt of [lock, pin, unpin] as const) {
        expect(await refusalOf(attempt(viewer, threadId))).toMatchObject({ code: "not-allowed" });
      }
      expect(await refusalOf(slow(viewer, threadId, 5))).toMatchObject({ code: "not-allowed" });
      expect(await refusalOf(move(viewer, threadId, elsewhere))).toMatchObject({ code: "not-allowed" });
    }
    const unreasoned = test.tx(cast.communityId, (tx) =>
      setThreadLocked(tx, cast.moderator, { threadId, locked: true, reason: " " }, at(50)),
    );
    expect(await refusalOf(unreasoned)).toMatchObject({ code: "input.invalid", field: "reason" });
    expect(await auditOf(cast.communityId)).toEqual([]);
  });
});

describe("pinning a thread", () => {
  it("shows it above its space until its time, for who may read it", async () => {
    const cast = await aCast(test);
    const { threadId: first } = await aThread(test, cast);
    const { threadId: second } = await aThread(test, cast);
    await pin(cast.moderator, first);
    await pin(cast.moderator, second, at(100), at(51));
    expect(await pinnedOf(cast, cast.reader)).toEqual([second, first]);
    expect(await pinnedOf(cast, cast.reader, at(100))).toEqual([first]);
    await unpin(cast.moderator, first);
    await unpin(cast.moderator, first);
    expect(await pinnedOf(cast, cast.reader)).toEqual([second]);
    expect(await refusalOf(pin(cast.moderator, first, at(50)))).toMatchObject({
      code: "input.invalid",
      field: "until",
    });
    expect((await auditOf(cast.communityId)).map(({ action }) => action)).toEqual([
      "thread.pinned",
      "thread.pinned",
      "thread.unpinned",
    ]);
  });

  it("stops at five a space, however many are pinned at once", async () => {
    const cast = await aCast(test);
    const ids: Id[] = [];
    for (let n = 0; n < PINS_MAX + 3; n += 1) ids.push((await aThread(test, cast, {}, at(n))).threadId);
    const outcomes = await Promise.allSettled(ids.map((id) => pin(cast.moderator, id)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(PINS_MAX);
    const refused = outcomes.find((outcome) => outcome.status === "rejected");
    expect(refused?.reason).toMatchObject({ code: "thread.pins-full", data: { max: PINS_MAX } });
    const [pinned] = await pinnedOf(cast, cast.reader);
    await pin(cast.moderator, pinned!, at(90));
  });
});

describe("slow mode of a thread", () => {
  it("makes members wait in that thread alone", async () => {
    const cast = await aCast(test);
    const { threadId } = await aThread(test, cast);
    const { threadId: other } = await aThread(test, cast);
    await slow(cast.moderator, threadId, 60);
    await slow(cast.moderator, threadId, 60);
    await aPost(test, cast.reader, threadId, {}, at(10));
    expect(await refusalOf(aPost(test, cast.reader, threadId, {}, at(30)))).toMatchObject({
      code: "thread.slow-mode",
      data: { retryAfterSeconds: 40 },
    });
    await aPost(test, cast.reader, other, {}, at(31));
    await aPost(test, cast.other, threadId, {}, at(31));
    await aPost(test, cast.moderator, threadId, {}, at(31));
    await aPost(test, cast.moderator, threadId, {}, at(32));
    await aPost(test, cast.reader, threadId, {}, at(70));
    expect((await auditOf(cast.communityId)).map(({ details }) => details.seconds)).toEqual([60]);
    expect(await refusalOf(slow(cast.moderator, threadId, -1))).toMatchObject({ field: "seconds" });
  });

  it("lets one of a member's posts at once through", async () => {
    const cast = await aCast(test);
    const { threadId } = await aThread(test, cast);
    await slow(cast.moderator, threadId, 60);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, () =>
        test.tx(cast.communityId, (tx) =>
          createPost(tx, cast.reader, { threadId, kind: "reply", parentId: null, body: "+1" }, at(10)),
        ),
      ),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });
});

describe("moving a thread", () => {
  it("takes it to another space with its posts, unpinned, and tells from where to where", async () => {
    const cast = await aCast(test);
    const { threadId, openingPostId } = await aThread(test, cast);
    const reply = await aPost(test, cast.reader, threadId);
    const spaceId = await aSpace(test, cast);
    await pin(cast.moderator, threadId);
    await move(cast.moderator, threadId, spaceId);
    await move(cast.moderator, threadId, spaceId);
    expect(await threadOf(threadId)).toMatchObject({
      space_id: spaceId,
      pinned_at: null,
      reply_count: 1,
      last_reply_id: reply,
    });
    const moved = { fromSpaceId: cast.spaceId, toSpaceId: spaceId };
    expect((await eventsOf(test, cast.communityId)).filter(({ type }) => type === "thread.moved")).toMatchObject([
      moved,
    ]);
    expect((await auditOf(cast.communityId)).at(-1)).toMatchObject({
      action: "thread.moved",
      post_id: openingPostId,
      details: { threadId, ...moved },
    });
  });

  it("is for who moderates both spaces, into one that takes posts", async () => {
    const cast = await aCast(test);
    const { threadId } = await aThread(test, cast);
    const staff = await aSpace(test, cast, { kind: "staff" });
    const elsewhere = await aSpace(test, cast);
    await aSpaceModerator(test, cast, cast.other, cast.spaceId);
    expect(await refusalOf(move(cast.other, threadId, staff))).toMatchObject({ code: "not-found", field: "spaceId" });
    expect(await refusalOf(move(cast.other, threadId, elsewhere))).toMatchObject({
      code: "not-allowed",
      field: "spaceId",
    });
    await test.rows("update spaces set archived_at = now() where id = $1", [elsewhere]);
    expect(await refusalOf(move(cast.moderator, threadId, elsewhere))).toMatchObject({
      code: "space.posting-restricted",
    });
    await move(cast.moderator, threadId, staff);
    expect(await refusalOf(aPost(test, cast.author, threadId))).toMatchObject({ code: "not-found" });
  });
});
