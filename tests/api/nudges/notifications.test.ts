import { beforeAll, describe, expect, it } from "vitest";
import { notifications } from "../../../drizzle/tables/nudges.ts";
import type { Viewer } from "../../../src/identity/viewer.ts";
import { type Id, newId } from "../../../src/kernel/ids.ts";
import { addMs } from "../../../src/kernel/instant.ts";
import { useApi } from "../../support/test-api.ts";
import { useDatabase } from "../../support/test-database.ts";
import { anEmptyCommunity, aViewer } from "../../support/value-builders.ts";

const NOW = new Date("2026-03-02T02:00:00Z");
let clock = NOW;
const test = useDatabase();
const api = useApi(test, () => clock);
let communityId: Id;

beforeAll(async () => {
  communityId = await anEmptyCommunity(test, NOW);
});

/** A member with notices, one a second; their global ids, newest first. */
async function anInbox(count: number): Promise<{ owner: Viewer; ids: string[] }> {
  const owner = await aViewer(test, communityId, NOW);
  const rows = Array.from({ length: count }, (_, index) => ({
    communityId,
    id: newId(addMs(NOW, index * 1_000)),
    memberId: owner.memberId,
    kind: "nudge",
    title: `Notice ${index}`,
    body: "Come back",
    sourceKey: `test:${newId(NOW)}`,
    createdAt: addMs(NOW, index * 1_000),
  }));
  await test.tx(communityId, (tx) => tx.sql.insert(notifications).values(rows));
  return { owner, ids: rows.map((row) => `Notification:${row.id}`).reverse() };
}

const INBOX = `query ($first: Int, $after: String, $last: Int, $before: String, $unread: Boolean) {
  notifications(first: $first, after: $after, last: $last, before: $before, unread: $unread) {
    unreadCount nodes { id kind title body createdAt readAt } pageInfo { hasNextPage hasPreviousPage endCursor startCursor } } }`;
const MARK = `mutation ($ids: [ID!]!) { notificationsMarkRead(input: { notificationIds: $ids }) {
  unreadCount notifications { id readAt } userErrors { code message field } } }`;

const idsOf = (answer: { notifications: { nodes: { id: string }[] } }) =>
  answer.notifications.nodes.map((node) => node.id);

describe("the inbox", () => {
  it("is read page by page, newest first, forward and backward, by its owner", async () => {
    const { owner, ids } = await anInbox(5);
    const first = await api.ask(owner, INBOX, { first: 2 });
    expect(idsOf(first)).toEqual(ids.slice(0, 2));
    expect(first.notifications).toMatchObject({
      unreadCount: 5,
      nodes: [{ kind: "nudge", title: "Notice 4", body: "Come back", readAt: null }, {}],
      pageInfo: { hasNextPage: true, hasPreviousPage: false },
    });
    const rest = await api.ask(owner, INBOX, { first: 10, after: first.notifications.pageInfo.endCursor });
    expect(idsOf(rest)).toEqual(ids.slice(2));
    const back = await api.ask(owner, INBOX, { last: 10, before: rest.notifications.pageInfo.startCursor });
    expect(idsOf(back)).toEqual(ids.slice(0, 2));
    expect(idsOf(await api.ask(await aViewer(test, communityId, NOW), INBOX))).toEqual([]);
  });

  it("takes as many statements for many notices as for one", async () => {
    const { owner } = await anInbox(20);
    const one = await api.statements(() => api.ask(owner, INBOX, { first: 1 }));
    expect(await api.statements(() => api.ask(owner, INBOX, { first: 20 }))).toBe(one);
  });

  it("is marked as read, once", async () => {
    const { owner, ids } = await anInbox(3);
    clock = addMs(NOW, 60_000);
    const asked = [ids[2]!, ids[0]!];
    const { notificationsMarkRead: marked } = await api.ask(owner, MARK, { ids: asked });
    expect(marked).toEqual({
      unreadCount: 1,
      notifications: asked.map((id) => ({ id, readAt: clock.toISOString() })),
      userErrors: [],
    });
    clock = addMs(NOW, 120_000);
    const { notificationsMarkRead: again } = await api.ask(owner, MARK, { ids: asked });
    expect(again.notifications).toEqual(marked.notifications);
    expect(idsOf(await api.ask(owner, INBOX, { unread: true }))).toEqual([ids[1]]);
  });

  it.each<[string, (own: string[], foreign: string[]) => string[], string, string[]]>([
    ["another's notice", (own, foreign) => [own[0]!, foreign[0]!], "not-found", ["input", "notificationIds", "1"]],
    ["another kind of thing", (own) => [own[0]!, "Member:x"], "input.invalid", ["input", "notificationIds", "1"]],
    ["nothing", () => [], "input.invalid", ["input", "notificationIds"]],
    ["too many", (own) => new Array(101).fill(own[0]), "input.invalid", ["input", "notificationIds"]],
  ])("with %s among them marks none", async (_what, choose, code, field) => {
    const { owner, ids } = await anInbox(2);
    const { ids: foreign } = await anInbox(1);
    const { notificationsMarkRead: answer } = await api.ask(owner, MARK, { ids: choose(ids, foreign) });
    expect(answer).toMatchObject({ notifications: null, userErrors: [{ code, field }] });
    expect((await api.ask(owner, INBOX)).notifications.unreadCount).toBe(2);
  });

  it("is found by global id, by its owner only", async () => {
    const { owner, ids } = await anInbox(1);
    const find = "query ($id: ID!) { node(id: $id) { id ... on Notification { title } } }";
    expect((await api.ask(owner, find, { id: ids[0] })).node).toEqual({ id: ids[0], title: "Notice 0" });
    const operator = await aViewer(test, communityId, NOW, { role: "operator" });
    expect((await api.ask(operator, find, { id: ids[0] })).node).toBeNull();
  });

  it("is nobody's who has not signed in", async () => {
    for (const [query, variables] of [
      [INBOX, {}],
      [MARK, { ids: [] }],
    ] as const) {
      const { errors } = await api.send(null, query, variables);
      expect(errors[0].extensions.code).toBe("UNAUTHENTICATED");
    }
  });
});
