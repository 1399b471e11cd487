import { describe, expect, it } from "vitest";
import { removeSpaceModerator, type SpaceInput, updateSpace } from "../../src/community/space-actions.ts";
import { spaceAccessById } from "../../src/content/space-access.ts";
import type { Viewer } from "../../src/identity/viewer.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { aCast, aPost, aThread, at, type Cast, refusalOf } from "../support/content-builders.ts";
import { anEntitlement, anExperience, aRefund, aSpace, aSpaceModerator } from "../support/space-builders.ts";
import { useDatabase } from "../support/test-database.ts";

const test = useDatabase();

const accessOf = async (viewer: Viewer, spaceId: Id, second = 10) =>
  (await test.read(viewer.communityId, (reader) => spaceAccessById(reader, viewer, [spaceId], at(second)))).get(
    spaceId,
  );
const update = (cast: Cast, spaceId: Id, change: object, second = 5) =>
  test.tx(cast.communityId, (tx) => updateSpace(tx, cast.operator, { spaceId, ...change }, at(second)));

/** Members by what they have; `course` moderates the space asked about. */
async function aCrowd(settings: Partial<SpaceInput>) {
  const cast = await aCast(test);
  const spaceId = await aSpace(test, cast, settings);
  await anEntitlement(test, cast, cast.reader, { product: "python" });
  await anExperience(test, cast, cast.author, 60);
  await aSpaceModerator(test, cast, cast.other, spaceId);
  const said = async (viewer: Viewer) => {
    const access = await accessOf(viewer, spaceId);
    if (access === undefined) return "nothing";
    return access.moderates ? (access.posts ? "moderates" : "moderates, closed") : access.posts ? "posts" : "reads";
  };
  const buyer = await said(cast.reader);
  const veteran = await said(cast.author);
  return { buyer, veteran, moderator: await said(cast.other), everywhere: await said(cast.moderator) };
}

describe("what a space lets members do", () => {
  it.each([
    ["nothing special", {}, "posts", "posts"],
    ["bought by who posts", { postAccess: "entitled", product: "python" }, "posts", "reads"],
    ["bought by who reads", { readAccess: "entitled", product: "python" }, "posts", "nothing"],
    ["announcements", { postAccess: "moderators" }, "reads", "reads"],
    [
      "announcements to buyers",
      { readAccess: "entitled", postAccess: "moderators", product: "python" },
      "reads",
      "nothing",
    ],
    ["a level to post", { postExperienceMin: 60 }, "reads", "posts"],
    ["a level to read", { readExperienceMin: 60 }, "nothing", "posts"],
    ["a level that nobody has", { readExperienceMin: 61 }, "nothing", "nothing"],
    [
      "a level and a product",
      { readAccess: "entitled", product: "python", readExperienceMin: 20 },
      "nothing",
      "nothing",
    ],
    ["a draft of the staff", { readAccess: "staff" }, "nothing", "nothing"],
    ["a staff space", { kind: "staff" }, "nothing", "nothing"],
  ] as [string, Partial<SpaceInput>, string, string][])("%s", async (_name, settings, buyer, veteran) => {
    expect(await aCrowd(settings)).toEqual({ buyer, veteran, moderator: "moderates", everywhere: "moderates" });
  });

  it("an archived one takes posts from nobody, and is still read and moderated", async () => {
    const cast = await aCast(test);
    const { threadId } = await aThread(test, cast);
    await update(cast, cast.spaceId, { archived: true });
    expect(await accessOf(cast.reader, cast.spaceId)).toEqual({ reads: true, posts: false, moderates: false });
    expect(await accessOf(cast.moderator, cast.spaceId)).toEqual({ reads: true, posts: false, moderates: true });
    const restricted = { code: "space.posting-restricted", data: { spaceId: cast.spaceId } };
    expect(await refusalOf(aPost(test, cast.moderator, threadId))).toMatchObject(restricted);
    expect(await refusalOf(aThread(test, cast))).toMatchObject({ ...restricted, field: "spaceId" });
    await update(cast, cast.spaceId, { archived: false });
    await aPost(test, cast.reader, threadId);
  });

  it("follows a purchase, a refund, a new level and a moderator's end at the next statement", async () => {
    const cast = await aCast(test);
    const spaceId = await aSpace(test, cast, { readAccess: "entitled", product: "python" });
    const bought = await anEntitlement(test, cast, cast.reader, { endsAt: at(100) });
    expect(await accessOf(cast.reader, spaceId, 99)).toMatchObject({ posts: true });
    expect(await accessOf(cast.reader, spaceId, 100)).toBeUndefined();
    await aRefund(test, cast, bought);
    expect(await accessOf(cast.reader, spaceId, 99)).toBeUndefined();
    await aSpaceModerator(test, cast, cast.reader, spaceId);
    expect(await accessOf(cast.reader, spaceId)).toEqual({ reads: true, posts: true, moderates: true });
    const moderation = { spaceId, memberId: cast.reader.memberId };
    await test.tx(cast.communityId, (tx) => removeSpaceModerator(tx, cast.operator, moderation));
    expect(await accessOf(cast.reader, spaceId)).toBeUndefined();
  });

  it.each([
    ["readAccess", { readAccess: "everyone" }],
    ["product", { postAccess: "entitled" }],
    ["product", { cohort: "2026-spring" }],
    ["slowModeSeconds", { slowModeSeconds: -1 }],
    ["name", { name: " " }],
  ])("is refused a %s that makes no sense", async (field, change) => {
    const cast = await aCast(test);
    const staff = await aSpace(test, cast, { kind: "staff" });
    expect(await refusalOf(update(cast, staff, change))).toMatchObject({ code: "input.invalid", field });
  });

  it("is changed by operators only", async () => {
    const cast = await aCast(test);
    const change = { spaceId: cast.spaceId, postAccess: "moderators" as const };
    const asked = test.tx(cast.communityId, (tx) => updateSpace(tx, cast.moderator, change, at(5)));
    expect(await refusalOf(asked)).toMatchObject({ code: "not-allowed" });
  });
});
