import { describe, expect, it } from "vitest";
import { type DraftSaving, deleteDraft, saveDraft } from "../../src/community/draft-actions.ts";
import { draftsById, listDrafts } from "../../src/community/draft-queries.ts";
import { DRAFTS_MAX } from "../../src/community/draft-rules.ts";
import type { Viewer } from "../../src/identity/viewer.ts";
import { type Id, newId } from "../../src/kernel/ids.ts";
import { addMs, DAY_MS, type Instant } from "../../src/kernel/instant.ts";
import type { PageRequest } from "../../src/kernel/pagination.ts";
import { forgetBatch } from "../../src/platform/retention-actions.ts";
import { RETENTIONS } from "../../src/platform/retention-catalogue.ts";
import { aCast, aPost, aThread, at, refusalOf } from "../support/content-builders.ts";
import { aSpace } from "../support/space-builders.ts";
import { useDatabase } from "../support/test-database.ts";

const test = useDatabase();

const EMPTY = { revision: 0, threadKind: null, title: "", body: "半句话", tags: [], parentId: null } as const;
const save = (
  viewer: Viewer,
  place: DraftSaving["place"],
  changes: Partial<DraftSaving> = {},
  now: Instant = at(100),
): Promise<{ draftId: Id }> =>
  test.tx(viewer.communityId, (tx) => saveDraft(tx, viewer, { ...EMPTY, place, ...changes }, now));
const list = (viewer: Viewer, request: Partial<PageRequest> = {}) =>
  test.read(viewer.communityId, (reader) =>
    listDrafts(reader, viewer, { size: 20, direction: "forward", cursor: null, ...request }),
  );

describe("a draft", () => {
  it("is one a member and place, comes back as it was, and is nobody else's", async () => {
    const cast = await aCast(test);
    const { threadId, openingPostId } = await aThread(test, cast);
    const parentId = await aPost(test, cast.other, threadId);
    const body = "  ```js\r\n\talert(1)  ";
    const { draftId } = await save(cast.reader, { kind: "post", id: threadId }, { body, parentId });
    expect(await save(cast.reader, { kind: "post", id: threadId }, { body, parentId, revision: 1 })).toEqual({
      draftId,
    });
    await save(cast.other, { kind: "post", id: threadId });
    await save(cast.author, { kind: "edit", id: openingPostId });
    await save(
      cast.reader,
      { kind: "thread", id: cast.spaceId },
      { threadKind: "question", title: "？", tags: ["A b"] },
      at(101),
    );
    const { rows } = await list(cast.reader);
    expect(rows).toMatchObject([
      { placeKind: "thread", placeId: cast.spaceId, threadKind: "question", title: "？", tags: ["A b"], revision: 1 },
      { id: draftId, placeKind: "post", placeId: threadId, body, parentId, revision: 2 },
    ]);
    for (const viewer of [cast.other, cast.moderator, cast.operator]) {
      expect(await test.read(cast.communityId, (reader) => draftsById(reader, viewer, [draftId]))).toEqual([]);
      await test.tx(cast.communityId, (tx) => deleteDraft(tx, viewer, { draftId }));
    }
    expect((await list(cast.reader)).rows).toHaveLength(2);
    await test.tx(cast.communityId, (tx) => deleteDraft(tx, cast.reader, { draftId }));
    await test.tx(cast.communityId, (tx) => deleteDraft(tx, cast.reader, { draftId }));
    expect((await list(cast.reader)).rows).toHaveLength(1);
  });

  it("is not overwritten by a window that knows an older one", async () => {
    const cast = await aCast(test);
    const place = { kind: "thread", id: cast.spaceId } as const;
    const first = await Promise.allSettled([save(cast.reader, place), save(cast.reader, place)]);
    expect(first.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, (_, n) => save(cast.reader, place, { body: `${n}`, revision: 1 })),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await refusalOf(save(cast.reader, place, { revision: 1 }))).toMatchObject({
      code: "revision.outdated",
      data: { seen: 1, current: 2 },
    });
    const [draft] = (await list(cast.reader)).rows;
    await test.tx(cast.communityId, (tx) => deleteDraft(tx, cast.reader, { draftId: draft!.id }));
    expect(await refusalOf(save(cast.reader, place, { revision: 2 }))).toMatchObject({ data: { seen: 2, current: 0 } });
  });

  it("is kept only for a place that the member may look into, and stays theirs afterwards", async () => {
    const cast = await aCast(test);
    const staff = await aSpace(test, cast, { kind: "staff" });
    const { threadId, openingPostId } = await aThread(test, { ...cast, author: cast.moderator }, { spaceId: staff });
    const places = [
      { kind: "thread", id: staff },
      { kind: "post", id: threadId },
      { kind: "edit", id: openingPostId },
      { kind: "post", id: newId(at(0)) },
      { kind: "thread", id: "x" },
    ] as const;
    for (const place of places) expect(await refusalOf(save(cast.reader, place))).toMatchObject({ code: "not-found" });
    await save(cast.reader, { kind: "thread", id: cast.spaceId });
    await test.rows("update spaces set kind = 'staff', read_access = 'staff' where id = $1", [cast.spaceId]);
    expect((await list(cast.reader)).rows).toMatchObject([{ body: "半句话" }]);
  });

  it("has a size, and a member so many", async () => {
    const cast = await aCast(test);
    const place = { kind: "thread", id: cast.spaceId } as const;
    const refusals: [Partial<DraftSaving>, string][] = [
      [{ body: "x".repeat(30_001) }, "body"],
      [{ title: "x".repeat(401) }, "title"],
      [{ tags: Array.from({ length: 21 }, () => "x") }, "tags"],
      [{ tags: ["x", "x".repeat(101)] }, "tags.1"],
      [{ body: "\u0000" }, "body"],
      [{ body: "\ud800" }, "body"],
    ];
    for (const [changes, field] of refusals)
      expect(await refusalOf(save(cast.reader, place, changes))).toMatchObject({ field });
    await test.rows(
      `insert into drafts (community_id, id, member_id, place_kind, place_id, title, body, tags, revision, created_at, updated_at)
       select $1, gen_random_uuid(), $2, 'post', gen_random_uuid(), '', '', '{}', 1, now(), now() from generate_series(2, $3::int)`,
      [cast.communityId, cast.reader.memberId, DRAFTS_MAX],
    );
    await save(cast.reader, place);
    const { threadId } = await aThread(test, cast);
    expect(await refusalOf(save(cast.reader, { kind: "post", id: threadId }))).toMatchObject({
      code: "draft.too-many",
    });
    await save(cast.reader, place, { revision: 1 });
  });

  it("is listed by pages, both ways", async () => {
    const cast = await aCast(test);
    const ids: Id[] = [];
    for (let n = 0; n < 5; n += 1) {
      const { threadId } = await aThread(test, cast);
      ids.unshift((await save(cast.reader, { kind: "post", id: threadId }, {}, at(100 + n))).draftId);
    }
    const first = await list(cast.reader, { size: 2 });
    expect(first).toMatchObject({ rows: [{ id: ids[0] }, { id: ids[1] }], hasNextPage: true });
    const cursor = [first.rows[1]!.updatedAt.toISOString(), ids[1]!];
    expect((await list(cast.reader, { cursor })).rows.map(({ id }) => id)).toEqual(ids.slice(2));
    const back = await list(cast.reader, { cursor, direction: "backward" });
    expect(back.rows.map(({ id }) => id)).toEqual(ids.slice(0, 1));
  });

  it("is forgotten 90 days after it was last saved", async () => {
    const cast = await aCast(test);
    const { threadId } = await aThread(test, cast);
    await save(cast.reader, { kind: "post", id: threadId });
    await save(cast.reader, { kind: "thread", id: cast.spaceId }, {}, at(200));
    const retention = RETENTIONS.find(({ table }) => table === "drafts")!;
    const later = addMs(at(150), 90 * DAY_MS);
    const forgotten = await test.tx(cast.communityId, (tx) =>
      forgetBatch(tx.client, retention, cast.communityId, later),
    );
    expect(forgotten).toBe(1);
    expect((await list(cast.reader)).rows).toMatchObject([{ placeKind: "thread" }]);
  });
});
