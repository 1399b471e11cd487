import { describe, expect, it } from "vitest";
import { createPost, deletePost } from "../../src/community/post-actions.ts";
import type { Viewer } from "../../src/identity/viewer.ts";
import type { Id } from "../../src/kernel/ids.ts";
import type { Instant } from "../../src/kernel/instant.ts";
import { aCast, aThread, at, type Cast, refusalOf } from "../support/content-builders.ts";
import { aSpace, aSpaceModerator } from "../support/space-builders.ts";
import { useDatabase } from "../support/test-database.ts";

const test = useDatabase();

async function aSlowSpace() {
  const cast = await aCast(test);
  const spaceId = await aSpace(test, cast, { slowModeSeconds: 60 });
  const { threadId } = await aThread(test, cast, { spaceId }, at(0));
  const { threadId: otherThreadId } = await aThread(test, { ...cast, author: cast.moderator }, { spaceId }, at(0));
  return { cast, spaceId, threadId, otherThreadId };
}

const reply = (viewer: Viewer, threadId: Id, now: Instant) =>
  test.tx(viewer.communityId, (tx) =>
    createPost(tx, viewer, { threadId, kind: "reply", parentId: null, body: "好" }, now),
  );
const start = (cast: Cast, author: Viewer, spaceId: Id, now: Instant) =>
  aThread(test, { ...cast, author }, { spaceId }, now);

describe("slow mode", () => {
  it("makes a member wait in the whole space, threads and posts alike, and tells how long", async () => {
    const { cast, spaceId, threadId, otherThreadId } = await aSlowSpace();
    await reply(cast.reader, threadId, at(100));
    const refused = { code: "thread.slow-mode", data: { retryAfterSeconds: 21 } };
    expect(await refusalOf(reply(cast.reader, threadId, at(139.5)))).toMatchObject(refused);
    expect(await refusalOf(reply(cast.reader, otherThreadId, at(139.5)))).toMatchObject(refused);
    expect(await refusalOf(start(cast, cast.reader, spaceId, at(139.5)))).toMatchObject(refused);
    await reply(cast.other, threadId, at(101));
    await start(cast, cast.reader, cast.spaceId, at(102));
    await start(cast, cast.reader, spaceId, at(160));
    expect(await refusalOf(reply(cast.reader, threadId, at(161)))).toMatchObject({ code: "thread.slow-mode" });
  });

  it("is not got around by taking the last post back", async () => {
    const { cast, threadId } = await aSlowSpace();
    const { postId } = await reply(cast.reader, threadId, at(100));
    await test.tx(cast.communityId, (tx) => deletePost(tx, cast.reader, { postId }, at(101)));
    expect(await refusalOf(reply(cast.reader, threadId, at(102)))).toMatchObject({ code: "thread.slow-mode" });
  });

  it("lets moderators go ahead, of everywhere and of the space, and not those of another", async () => {
    const { cast, spaceId, threadId } = await aSlowSpace();
    const elsewhere = await aSpace(test, cast);
    await aSpaceModerator(test, cast, cast.reader, spaceId);
    await aSpaceModerator(test, cast, cast.other, elsewhere);
    for (const viewer of [cast.moderator, cast.reader]) {
      await reply(viewer, threadId, at(100));
      await reply(viewer, threadId, at(101));
    }
    await reply(cast.other, threadId, at(100));
    expect(await refusalOf(reply(cast.other, threadId, at(101)))).toMatchObject({ code: "thread.slow-mode" });
  });

  it("lets one of a member's posts through when many come at once, in one thread or several", async () => {
    const { cast, spaceId, threadId, otherThreadId } = await aSlowSpace();
    const attempts = Array.from({ length: 9 }, (_, n) =>
      n % 3 === 2
        ? start(cast, cast.reader, spaceId, at(200))
        : reply(cast.reader, n % 3 === 0 ? threadId : otherThreadId, at(200)),
    );
    const settled = await Promise.allSettled(attempts);
    const refusals = settled.filter((attempt) => attempt.status === "rejected").map(({ reason }) => reason.code);
    expect(refusals).toEqual(Array(8).fill("thread.slow-mode"));
  });
});
