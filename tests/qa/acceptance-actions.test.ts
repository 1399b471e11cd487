import { describe, expect, it } from "vitest";
import type { Viewer } from "../../src/identity/viewer.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { hidePost, restorePost } from "../../src/moderation/visibility-actions.ts";
import { acceptAnswer, unacceptAnswer } from "../../src/qa/acceptance-actions.ts";
import {
  aCast,
  aPost,
  aQuestion,
  aThread,
  at,
  eventsOf,
  eventTypesOf,
  refusalOf,
} from "../support/content-builders.ts";
import { useDatabase } from "../support/test-database.ts";

const test = useDatabase();

const accept = (viewer: Viewer, postId: Id, replacesPostId: Id | null = null) =>
  test.tx(viewer.communityId, (tx) => acceptAnswer(tx, viewer, { postId, replacesPostId }, at(40)));
const unaccept = (viewer: Viewer, postId: Id) =>
  test.tx(viewer.communityId, (tx) => unacceptAnswer(tx, viewer, { postId }, at(50)));
const moderate = (act: typeof hidePost, viewer: Viewer, postId: Id) =>
  test.tx(viewer.communityId, (tx) => act(tx, viewer, { postId, revision: 1, reason: "a reason" }, at(60)));
const acceptedOf = async (threadId: Id) =>
  (await test.rows("select accepted_post_id from threads where id = $1", [threadId]))[0]?.accepted_post_id;

describe("acceptAnswer", () => {
  it("marks the answer on its thread and tells of it", async () => {
    const cast = await aCast(test);
    const { threadId, first } = await aQuestion(test, cast);
    const { acceptanceId } = await accept(cast.author, first);
    expect(await acceptedOf(threadId)).toBe(first);
    expect((await eventsOf(test, cast.communityId)).at(-1)).toEqual({
      type: "answer.accepted",
      acceptanceId,
      threadId,
      postId: first,
      askerId: cast.author.memberId,
      acceptedById: cast.author.memberId,
      answererId: cast.reader.memberId,
    });
  });

  it("names the moderator who chose, and who took it back, beside the asker", async () => {
    const cast = await aCast(test);
    const { first, second } = await aQuestion(test, cast);
    await accept(cast.moderator, first);
    await accept(cast.author, second, first);
    await unaccept(cast.moderator, second);
    const told = await eventsOf(test, cast.communityId);
    const [asker, moderator] = [cast.author.memberId, cast.moderator.memberId];
    for (const [type, postId, who] of [
      ["answer.accepted", first, { acceptedById: moderator }],
      ["answer.unaccepted", first, { unacceptedById: asker }],
      ["answer.accepted", second, { acceptedById: asker }],
      ["answer.unaccepted", second, { unacceptedById: moderator }],
    ] as const) {
      expect(told).toContainEqual(expect.objectContaining({ type, postId, askerId: asker, ...who }));
    }
  });

  it("changes nothing when the answer is accepted already", async () => {
    const cast = await aCast(test);
    const { first } = await aQuestion(test, cast);
    const once = await accept(cast.author, first);
    expect(await accept(cast.moderator, first)).toEqual(once);
    expect((await eventTypesOf(test, cast.communityId)).filter((type) => type === "answer.accepted")).toHaveLength(1);
  });

  it("moves to another answer when the accepted one is named", async () => {
    const cast = await aCast(test);
    const { threadId, first, second } = await aQuestion(test, cast);
    const { acceptanceId } = await accept(cast.author, first);
    expect(await refusalOf(accept(cast.author, second))).toMatchObject({
      code: "answer.already-accepted",
      data: { threadId, postId: first },
    });
    await accept(cast.author, second, first);
    expect(await acceptedOf(threadId)).toBe(second);
    const events = await eventsOf(test, cast.communityId);
    expect(events).toContainEqual(expect.objectContaining({ type: "answer.unaccepted", acceptanceId, postId: first }));
  });

  it("has one winner among two at once, and tells the other who won", async () => {
    for (let round = 0; round < 5; round += 1) {
      const cast = await aCast(test);
      const { threadId, first, second } = await aQuestion(test, cast);
      const outcomes = await Promise.allSettled([accept(cast.author, first), accept(cast.moderator, second)]);
      const lost = outcomes.find((outcome) => outcome.status === "rejected");
      expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
      expect(lost?.reason).toMatchObject({
        code: "answer.already-accepted",
        data: { postId: await acceptedOf(threadId) },
      });
      expect((await eventTypesOf(test, cast.communityId)).filter((type) => type === "answer.accepted")).toHaveLength(1);
    }
  });

  it("is for the asker and moderators, and for answers to a question", async () => {
    const cast = await aCast(test);
    const { threadId, openingPostId, first } = await aQuestion(test, cast);
    const comment = await aPost(test, cast.other, threadId, { kind: "comment", parentId: first });
    const discussion = await aThread(test, cast);
    const reply = await aPost(test, cast.reader, discussion.threadId);
    expect(await refusalOf(accept(cast.reader, first))).toMatchObject({ code: "not-allowed" });
    expect(await refusalOf(accept(cast.author, comment))).toMatchObject({ code: "post.not-an-answer" });
    expect(await refusalOf(accept(cast.author, openingPostId))).toMatchObject({ code: "post.not-an-answer" });
    expect(await refusalOf(accept(cast.author, reply))).toMatchObject({ code: "thread.not-a-question" });
    await moderate(hidePost, cast.moderator, first);
    expect(await refusalOf(accept(cast.author, first))).toMatchObject({ code: "not-found" });
    expect(await refusalOf(accept(cast.moderator, first))).toMatchObject({ code: "post.hidden" });
  });
});

describe("unacceptAnswer", () => {
  it("takes the acceptance back and tells of it", async () => {
    const cast = await aCast(test);
    const { threadId, first, second } = await aQuestion(test, cast);
    const { acceptanceId } = await accept(cast.author, first);
    expect(await refusalOf(unaccept(cast.author, second))).toMatchObject({ code: "answer.not-accepted" });
    expect(await refusalOf(unaccept(cast.reader, first))).toMatchObject({ code: "not-allowed" });
    await unaccept(cast.author, first);
    expect(await acceptedOf(threadId)).toBeNull();
    expect((await eventsOf(test, cast.communityId)).at(-1)).toMatchObject({ type: "answer.unaccepted", acceptanceId });
    expect(await refusalOf(unaccept(cast.author, first))).toMatchObject({ code: "answer.not-accepted" });
  });
});

describe("a hidden accepted answer", () => {
  it("is accepted again when it is restored", async () => {
    const cast = await aCast(test);
    const { threadId, first } = await aQuestion(test, cast);
    await accept(cast.author, first);
    await moderate(hidePost, cast.moderator, first);
    expect(await acceptedOf(threadId)).toBeNull();
    await moderate(restorePost, cast.moderator, first);
    expect(await acceptedOf(threadId)).toBe(first);
  });

  it("gives way to another one meanwhile", async () => {
    const cast = await aCast(test);
    const { threadId, first, second } = await aQuestion(test, cast);
    const { acceptanceId } = await accept(cast.author, first);
    await moderate(hidePost, cast.moderator, first);
    await accept(cast.author, second);
    await moderate(restorePost, cast.moderator, first);
    expect(await acceptedOf(threadId)).toBe(second);
    expect(await eventsOf(test, cast.communityId)).toContainEqual(
      expect.objectContaining({ type: "answer.unaccepted", acceptanceId }),
    );
  });
});
