import { createClient } from "graphql-ws";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { Viewer } from "../../../src/identity/viewer.ts";
import { aCast, aPost, aThread, at } from "../../support/content-builders.ts";
import { anEntitlement, aRefund, aSpace } from "../../support/space-builders.ts";
import { type Data, useApi } from "../../support/test-api.ts";
import { useDatabase } from "../../support/test-database.ts";
import { aViewer } from "../../support/value-builders.ts";

const test = useDatabase();
const api = useApi(test, () => at(1_000));

const SPACE = `space {
  id slug rules { description readAccess postAccess product cohort readLevelMin postLevelMin slowModeSeconds archived }
  myAccess { posts moderates } moderators { id }
} userErrors { code field message }`;
const CREATE = `mutation($input: SpaceCreateInput!) { did: spaceCreate(input: $input) { ${SPACE} } }`;
const UPDATE = `mutation($input: SpaceUpdateInput!) { did: spaceUpdate(input: $input) { ${SPACE} } }`;
const act = async (viewer: Viewer, query: string, input: object): Promise<Data> =>
  (await api.ask(viewer, query, { input })).did;

describe("the spaces of the API", () => {
  it("are created and changed with levels, in one go or field by field", async () => {
    const cast = await aCast(test);
    const input = {
      slug: "lounge",
      name: "Lounge",
      kind: "COURSE",
      product: "python",
      readAccess: "ENTITLED",
      readLevelMin: 3,
    };
    const { space, userErrors } = await act(cast.operator, CREATE, input);
    expect(userErrors).toEqual([]);
    const rules = {
      description: "",
      readAccess: "ENTITLED",
      postAccess: "READERS",
      product: "python",
      cohort: null,
      readLevelMin: 3,
      postLevelMin: null,
      slowModeSeconds: 0,
      archived: false,
    };
    expect(space).toMatchObject({ slug: "lounge", rules, myAccess: { posts: true, moderates: true }, moderators: [] });
    const change = { spaceId: space.id, cohort: "2026", readLevelMin: null, postLevelMin: 2, slowModeSeconds: 30 };
    const changed = { ...rules, cohort: "2026", readLevelMin: null, postLevelMin: 2, slowModeSeconds: 30 };
    expect((await act(cast.operator, UPDATE, change)).space.rules).toEqual(changed);
    const archive = { spaceId: space.id, archived: true, description: "就这样" };
    expect((await act(cast.operator, UPDATE, archive)).space.rules).toEqual({
      ...changed,
      archived: true,
      description: "就这样",
    });
    const wrong = { spaceId: space.id, readLevelMin: 0 };
    expect((await act(cast.operator, UPDATE, wrong)).userErrors).toMatchObject([
      { code: "input.invalid", field: ["input", "readLevelMin"] },
    ]);
    const productless = { spaceId: space.id, product: null };
    expect((await act(cast.operator, UPDATE, productless)).userErrors).toMatchObject([
      { code: "input.invalid", field: ["input", "product"] },
    ]);
  });

  it("name moderators of their own, who then see what is hidden there", async () => {
    const cast = await aCast(test);
    const input = { spaceId: `Space:${cast.spaceId}`, memberId: `Member:${cast.other.memberId}` };
    const ADD = `mutation($input: SpaceModeratorInput!) { did: spaceModeratorAdd(input: $input) { ${SPACE} } }`;
    const REMOVE = `mutation($input: SpaceModeratorInput!) { did: spaceModeratorRemove(input: $input) { ${SPACE} } }`;
    for (const _twice of [1, 2]) {
      expect((await act(cast.operator, ADD, input)).space.moderators).toEqual([{ id: input.memberId }]);
    }
    const mine = "query($id: ID!) { space(id: $id) { myAccess { posts moderates } } }";
    const ask = (viewer: Viewer) => api.ask(viewer, mine, { id: input.spaceId });
    expect(await ask(cast.other)).toEqual({ space: { myAccess: { posts: true, moderates: true } } });
    expect(await ask(cast.reader)).toEqual({ space: { myAccess: { posts: true, moderates: false } } });
    expect((await act(cast.operator, REMOVE, input)).space.moderators).toEqual([]);
    expect((await act(cast.operator, REMOVE, input)).userErrors).toEqual([]);
    const nobody = { ...input, memberId: "Member:01900000-0000-7000-8000-000000000000" };
    expect((await act(cast.operator, ADD, nobody)).userErrors).toMatchObject([{ code: "not-found" }]);
  });
});

describe("the entitlements of the API", () => {
  it("are granted, extended and revoked by the shop, and shown to their member and to operators", async () => {
    const cast = await aCast(test);
    const shop = await aViewer(test, cast.communityId, at(0), { role: "service", scopes: ["entitlements:write"] });
    const order = { source: "shop", reference: "order-7" };
    const fields = "entitlement { product state endsAt reference } userErrors { code field }";
    const memberId = `Member:${cast.reader.memberId}`;
    const GRANT = `mutation($input: EntitlementGrantInput!) { did: entitlementGrant(input: $input) { ${fields} } }`;
    const EXTEND = `mutation($input: EntitlementExtendInput!) { did: entitlementExtend(input: $input) { ${fields} } }`;
    const REVOKE = `mutation($input: EntitlementRevokeInput!) { did: entitlementRevoke(input: $input) { ${fields} } }`;
    const bought = {
      ...order,
      memberId,
      product: "python",
      startsAt: at(0).toISOString(),
      endsAt: at(900).toISOString(),
    };
    for (const _twice of [1, 2]) {
      expect((await act(shop, GRANT, bought)).entitlement).toMatchObject({ product: "python", state: "ENDED" });
    }
    expect((await act(shop, GRANT, { ...bought, product: "sql" })).userErrors).toEqual([
      { code: "entitlement.reference-used", field: ["input", "reference"] },
    ]);
    expect((await act(shop, EXTEND, { ...order, endsAt: null })).entitlement).toMatchObject({
      state: "ACTIVE",
      endsAt: null,
    });
    const mine = async () =>
      (await api.ask(cast.reader, "{ me { entitlements { reference state } } }")).me.entitlements;
    expect(await mine()).toEqual([{ reference: "order-7", state: "ACTIVE" }]);
    expect((await act(shop, REVOKE, { ...order, reason: "refund" })).entitlement.state).toBe("REVOKED");
    expect(await mine()).toEqual([{ reference: "order-7", state: "REVOKED" }]);
    const theirs = "query($id: ID!) { member(id: $id) { entitlements { product } } }";
    expect((await api.ask(cast.operator, theirs, { id: memberId })).member.entitlements).toEqual([
      { product: "python" },
    ]);
    for (const viewer of [cast.other, cast.moderator, cast.reader]) {
      expect((await api.ask(viewer, theirs, { id: memberId })).member.entitlements).toBeNull();
    }
  });
});

describe("threadActivity", () => {
  it("tells nothing more once the subscriber's entitlement is refunded, not even that something happened", async () => {
    const cast = await aCast(test);
    const spaceId = await aSpace(test, cast, { readAccess: "entitled", product: "python" });
    const bought = await anEntitlement(test, cast, cast.reader);
    const { threadId } = await aThread(test, { ...cast, author: cast.moderator }, { spaceId });
    const postId = await aPost(test, cast.moderator, threadId);
    const query = "subscription ($threadId: ID!) { threadActivity(threadId: $threadId) { postId post { revision } } }";
    const listen = (viewer: Viewer) => {
      const client = createClient({
        url: `${api.url.replace("http", "ws")}/graphql`,
        webSocketImpl: WebSocket,
        retryAttempts: 0,
        connectionParams: { authorization: api.credential(viewer) },
      });
      const told: Data[] = [];
      const variables = { threadId: `Thread:${threadId}` };
      client.subscribe<Data>(
        { query, variables },
        { next: (result) => void told.push(result), error: (reason) => void told.push(reason), complete: () => {} },
      );
      return { client, told };
    };
    let revision = 0;
    const edit = () => {
      revision += 1;
      const input = { postId: `Post:${postId}`, revision, body: `第 ${revision} 次` };
      return api.ask(
        cast.moderator,
        "mutation ($input: PostEditInput!) { postEdit(input: $input) { userErrors { code } } }",
        {
          input,
        },
      );
    };
    const [buyer, stranger, moderator] = [cast.reader, cast.other, cast.moderator].map(listen);
    const all = [buyer!, stranger!, moderator!];
    // Hints that come before a subscription is up are lost, as they may be: so one after the other until everybody has heard.
    while (all.some(({ told }) => told.length === 0)) await edit();
    expect(stranger!.told).toMatchObject([{ errors: [{ extensions: { refusal: "not-found" } }] }]);
    expect(buyer!.told[0].data.threadActivity.postId).toBe(`Post:${postId}`);
    await aRefund(test, cast, bought);
    const editsBefore = revision;
    const heardByThen = moderator!.told.length;
    for (let n = 0; n < 5; n += 1) await edit();
    while (moderator!.told.length < heardByThen + 5) await new Promise((resolve) => setTimeout(resolve, 5));
    // A hint from before the refund may be answered after it: with nothing of the post.
    expect(buyer!.told.length).toBeLessThanOrEqual(editsBefore);
    const revisions = buyer!.told.map((result) => result.data.threadActivity.post?.revision ?? 0);
    expect(Math.max(...revisions)).toBeLessThanOrEqual(editsBefore + 1);
    for (const { client } of all) await client.dispose();
  });
});
