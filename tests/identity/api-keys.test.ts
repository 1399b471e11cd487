import "reflect-metadata";
import { createHash } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import type { ApiKeyScope } from "../../drizzle/tables/identity.ts";
import { createContext, type Services } from "../../schema/context.ts";
import { nodeId } from "../../schema/graphql/node-id.ts";
import { IdentityResolver } from "../../schema/identity/identity-resolver.ts";
import { createApiKey, revokeApiKey } from "../../src/identity/api-key-actions.ts";
import { Authenticator } from "../../src/identity/authentication.ts";
import { API_KEY_SCOPES } from "../../src/identity/scope-catalogue.ts";
import { isEntrusted, moderates, operates, type Viewer } from "../../src/identity/viewer.ts";
import { type Id, newId } from "../../src/kernel/ids.ts";
import { addMs, type Instant } from "../../src/kernel/instant.ts";
import { Crypto } from "../../src/platform/crypto.ts";
import { refusalOf } from "../support/content-builders.ts";
import { plainTextWith } from "../support/plain-text.ts";
import { useDatabase } from "../support/test-database.ts";
import { anEmptyCommunity, aViewer } from "../support/value-builders.ts";

const START = new Date("2026-03-02T08:00:00.000Z");
const test = useDatabase();
const crypto = new Crypto([{ id: "k1", secret: Buffer.alloc(32, 7).toString("base64") }]);
let now: Instant = START;
let communityId: Id;
let authenticator: Authenticator;

beforeEach(async () => {
  now = START;
  communityId = await anEmptyCommunity(test, START);
  authenticator = new Authenticator({ db: test.db, crypto, clock: () => now, localIssuer: null });
});

const aKey = (name = "course sync", scopes: readonly ApiKeyScope[] = ["operate"]) =>
  test.tx(communityId, (tx) => createApiKey(tx, { name, scopes }, now));

describe("an API key", () => {
  it("lets its service in, as a member of its own with the community's language and zone", async () => {
    const { key } = await aKey();
    const viewer = await authenticator.authenticate(key);
    expect(viewer).toMatchObject({ communityId, role: "service", timeZone: "Asia/Shanghai", suspended: false });
    const another = await aKey("another");
    expect((await authenticator.authenticate(another.key))?.memberId).not.toBe(viewer?.memberId);
  });

  it.each(API_KEY_SCOPES)("made for %s is for that and nothing else", async (scope) => {
    const { key } = await aKey("course sync", [scope]);
    const viewer = (await authenticator.authenticate(key))!;
    expect(viewer.scopes).toEqual([scope]);
    expect(API_KEY_SCOPES.filter((each) => isEntrusted(viewer, each))).toEqual([scope]);
    expect(operates(viewer)).toBe(scope === "operate");
    expect(moderates(viewer)).toBe(false);
  });

  it("may be made for several things, each once, and for none that there is not", async () => {
    const { id, key } = await aKey("shop", ["coupons:settle", "events:import", "coupons:settle"]);
    expect((await authenticator.authenticate(key))?.scopes).toEqual(["coupons:settle", "events:import"]);
    for (const scopes of [[], ["root"], ["operate", "*"]] as ApiKeyScope[][]) {
      expect(await refusalOf(aKey("shop", scopes))).toMatchObject({ code: "input.invalid", field: "scopes" });
    }
    expect(await test.rows("select id from api_keys where community_id = $1", [communityId])).toEqual([{ id }]);
  });

  it("is random, says what it is, and is nowhere in the database: only its hash is", async () => {
    const { id, key } = await aKey();
    expect(key).toMatch(/^rk_[\w-]{43}$/);
    expect((await aKey()).key).not.toBe(key);
    const [row] = await test.rows("select key_hash, hint, name, revoked_at from api_keys where id = $1", [id]);
    expect(row).toEqual({
      key_hash: createHash("sha256").update(key).digest("base64url"),
      hint: key.slice(0, 7),
      name: "course sync",
      revoked_at: null,
    });
    expect(await plainTextWith(test, key)).toEqual([]);
    expect(await plainTextWith(test, key.slice(8))).toEqual([]);
  });

  it.each([
    ["unknown", () => `rk_${"A".repeat(43)}`],
    ["cut", (key: string) => key.slice(0, -1)],
    ["prolonged", (key: string) => `${key}A`],
    ["in other letters", (key: string) => key.toUpperCase()],
    ["its own hash", (key: string) => `rk_${createHash("sha256").update(key).digest("base64url")}`],
    ["only the prefix", () => "rk_"],
    ["SQL", () => "rk_' or true --"],
    ["a null character", (key: string) => `${key}\u0000`],
  ])("is refused when it is %s", async (_what, change) => {
    const { key } = await aKey();
    expect(await authenticator.authenticate(change(key))).toBeNull();
  });

  it("that is revoked is refused at once where it was not seen, and within five seconds where it was", async () => {
    const { id, key } = await aKey();
    expect(await authenticator.authenticate(key)).not.toBeNull();
    await test.tx(communityId, (tx) => revokeApiKey(tx, id, now));
    const elsewhere = new Authenticator({ db: test.db, crypto, clock: () => now, localIssuer: null });
    expect(await elsewhere.authenticate(key)).toBeNull();
    now = addMs(START, 4_999);
    expect(await authenticator.authenticate(key)).not.toBeNull();
    now = addMs(START, 5_000);
    expect(await authenticator.authenticate(key)).toBeNull();
    expect(await authenticator.authenticate(key)).toBeNull();
  });

  it("can be revoked once, and by its own community only", async () => {
    const { id, key } = await aKey();
    const other = await anEmptyCommunity(test, START);
    const byOther = test.tx(other, (tx) => revokeApiKey(tx, id, now));
    expect(await refusalOf(byOther)).toMatchObject({ code: "not-found" });
    expect(await authenticator.authenticate(key)).not.toBeNull();
    await test.tx(communityId, (tx) => revokeApiKey(tx, id, now));
    expect(await refusalOf(test.tx(communityId, (tx) => revokeApiKey(tx, id, now)))).toMatchObject({
      code: "not-found",
    });
    expect(await refusalOf(test.tx(communityId, (tx) => revokeApiKey(tx, newId(now), now)))).toMatchObject({
      code: "not-found",
    });
  });

  it.each(["", "   ", "x".repeat(81), "nul\u0000", "two\nlines", "\u202egnp.exe"])(
    "is not made for the name %j",
    async (name) => {
      expect(await refusalOf(aKey(name))).toMatchObject({ code: "input.invalid", field: "name" });
      expect(await test.rows("select 1 from api_keys where community_id = $1", [communityId])).toEqual([]);
    },
  );

  it("of a suspended service is known as suspended within five seconds", async () => {
    const { key } = await aKey();
    const viewer = await authenticator.authenticate(key);
    await test.rows("update members set suspended_at = now() where id = $1", [viewer?.memberId]);
    now = addMs(START, 5_000);
    expect(await authenticator.authenticate(key)).toMatchObject({ suspended: true });
  });

  it("is looked up once for all who bring it at the same time", async () => {
    const { key } = await aKey();
    const viewers = await Promise.all(Array.from({ length: 200 }, () => authenticator.authenticate(key)));
    expect(new Set(viewers.map((viewer) => viewer?.memberId)).size).toBe(1);
    expect(test.db.connections.busy + test.db.connections.idle).toBeLessThanOrEqual(8);
  });
});

describe("who may make and end keys", () => {
  const resolver = new IdentityResolver();
  const contextOf = (viewer: Viewer) => {
    // What these mutations use of a process.
    const services = { db: test.db, crypto, clock: () => now } as Services;
    return createContext(services, { viewer, address: "127.0.0.1" });
  };

  it("an operator may", async () => {
    const operator = contextOf(await aViewer(test, communityId, START, { role: "operator" }));
    const made = await resolver.apiKeyCreate({ name: "course sync", scopes: ["events:write"] }, operator);
    expect(made.userErrors).toEqual([]);
    expect(await authenticator.authenticate(made.key ?? "")).toMatchObject({
      role: "service",
      scopes: ["events:write"],
    });
    expect(await resolver.apiKeyRevoke({ apiKeyId: made.apiKeyId ?? "" }, operator)).toMatchObject({ userErrors: [] });
  });

  it("a service that operates may not: a leaked key makes no other that outlives it", async () => {
    const { id, key } = await aKey();
    const service = contextOf((await authenticator.authenticate(key))!);
    const made = await resolver.apiKeyCreate({ name: "another", scopes: ["operate"] }, service);
    expect(made).toMatchObject({ userErrors: [{ code: "not-allowed" }] });
    expect(made.key).toBeUndefined();
    const ended = await resolver.apiKeyRevoke({ apiKeyId: nodeId("ApiKey", id) }, service);
    expect(ended).toMatchObject({ userErrors: [{ code: "not-allowed" }] });
  });
});
