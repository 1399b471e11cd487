import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { DEVELOPMENT_ISSUER } from "../../src/app/secrets.ts";
import { CLIENT_ISSUER } from "../../src/events/ingest-actions.ts";
import { createCommunity, type NewCommunity } from "../../src/identity/community-actions.ts";
import { communityBySlug } from "../../src/identity/community-queries.ts";
import { ensureMember, type ForeignMember, setConsent, updateMember } from "../../src/identity/member-actions.ts";
import { consentsOf, memberById, memberByIdentity } from "../../src/identity/member-queries.ts";
import { type TrustedProvider, trustProvider } from "../../src/identity/provider-actions.ts";
import { issuerOfSite } from "../../src/imports/stackexchange-id-rules.ts";
import { type Id, newId } from "../../src/kernel/ids.ts";
import { Crypto } from "../../src/platform/crypto.ts";
import { eventTypesOf, refusalOf } from "../support/content-builders.ts";
import { plainTextWith } from "../support/plain-text.ts";
import { useDatabase } from "../support/test-database.ts";
import { anEmptyCommunity, aViewer } from "../support/value-builders.ts";

const NOW = new Date("2026-03-02T08:00:00.000Z");
const test = useDatabase();
const crypto = new Crypto([{ id: "k1", secret: Buffer.alloc(32, 7).toString("base64") }]);
let communityId: Id;

beforeEach(async () => {
  communityId = await anEmptyCommunity(test, NOW);
});

const ada: ForeignMember = {
  issuer: "https://id.example",
  subject: "ada",
  displayName: "Ada",
  email: null,
  locale: "en",
  timeZone: "UTC",
  role: "member",
};

const ensure = (change: Partial<ForeignMember> = {}) =>
  test.tx(communityId, (tx) => ensureMember(tx, { ...ada, ...change }, crypto, NOW));

describe("ensureMember", () => {
  it("makes one member of twenty transactions that begin at once, and tells of them once", async () => {
    const members = await Promise.all(
      Array.from({ length: 20 }, () =>
        test.tx(communityId, async (tx) => {
          await sleep(20);
          return ensureMember(tx, ada, crypto, NOW);
        }),
      ),
    );
    expect(new Set(members.map((member) => member.id)).size).toBe(1);
    expect(await test.rows("select 1 from members where community_id = $1", [communityId])).toHaveLength(1);
    expect(await eventTypesOf(test, communityId)).toEqual(["member.joined"]);
  });

  it("knows people by issuer and subject, and keeps what they changed themselves", async () => {
    const first = await ensure();
    await test.tx(communityId, (tx) => updateMember(tx, first.id, { displayName: "Countess", locale: "zh-CN" }, NOW));
    expect(await ensure({ displayName: "Ada L." })).toMatchObject({
      id: first.id,
      displayName: "Countess",
      locale: "zh-CN",
    });
    expect((await ensure({ issuer: "https://other.example" })).id).not.toBe(first.id);
    expect((await ensure({ subject: "Ada" })).id).not.toBe(first.id);
    const found = await test.read(communityId, (reader) => memberByIdentity(reader, ada.issuer, ada.subject));
    expect(found?.id).toBe(first.id);
  });

  it("shortens a long name between characters, not within one", async () => {
    const { id } = await ensure({ displayName: "😀".repeat(100) });
    const member = await test.read(communityId, (reader) => memberById(reader, id));
    expect(member?.displayName).toBe("😀".repeat(80));
  });

  it("cleans a name rather than keeping its bearer out", async () => {
    const { id } = await ensure({ displayName: " Ada\r\n\tLovelace \u202e(redom)\u2066\u0007\ud83d " });
    const member = await test.read(communityId, (reader) => memberById(reader, id));
    expect(member?.displayName).toBe("Ada Lovelace (redom)");
    const piled = await ensure({ subject: "piled", displayName: `Zoe${"\u0301".repeat(70)}` });
    const [spilling] = await test.rows("select display_name from members where id = $1", [piled.id]);
    expect(spilling?.display_name).toBe(`Zoe${"\u0301".repeat(10)}`);
  });

  it("keeps an e-mail address encrypted: no column of any table holds it", async () => {
    const canary = "canary.lin@example.com";
    const { id } = await ensure({ email: canary });
    const member = await test.read(communityId, (reader) => memberById(reader, id));
    expect(crypto.decrypt(member!.emailCipher!)).toBe(canary);
    for (const form of [canary, "canary", Buffer.from(canary).toString("base64").slice(0, 12)]) {
      expect(await plainTextWith(test, form)).toEqual([]);
    }
    // The search does find what is there.
    expect(await plainTextWith(test, "https://id.example")).toEqual(["public.external_identities.issuer"]);
  });
});

describe("updateMember", () => {
  it.each([
    ["an empty name", { displayName: "  " }, "displayName"],
    ["a name that spills over the lines around it", { displayName: `A${"\u0301".repeat(70)}` }, "displayName"],
    ["a name of 81 characters", { displayName: "名".repeat(81) }, "displayName"],
    ["a null character", { displayName: "a\u0000b" }, "displayName"],
    ["two lines", { displayName: "Ada\nModerator" }, "displayName"],
    ["another kind of line", { displayName: "Ada\u2028Moderator" }, "displayName"],
    ["a mark that turns the text around", { displayName: "Ada \u202eredom" }, "displayName"],
    ["an isolate that is never closed", { displayName: "\u2067Ada" }, "displayName"],
    ["nothing to see", { displayName: "\u200b\u200d" }, "displayName"],
    ["half of a surrogate pair", { displayName: "a\ud83d" }, "displayName"],
    ["an unknown zone", { timeZone: "Mars/Olympus" }, "timeZone"],
    ["an offset for a zone", { timeZone: "+08:00" }, "timeZone"],
  ])("refuses %s, naming the field", async (_what, changes, field) => {
    const { memberId } = await aViewer(test, communityId, NOW);
    const refusal = await refusalOf(test.tx(communityId, (tx) => updateMember(tx, memberId, changes, NOW)));
    expect(refusal).toMatchObject({ code: "input.invalid", field });
  });

  it("changes what is given and leaves the rest, of this member only", async () => {
    const { memberId } = await aViewer(test, communityId, NOW);
    const bystander = await aViewer(test, communityId, NOW);
    const before = await test.read(communityId, (reader) => memberById(reader, bystander.memberId));
    await test.tx(communityId, async (tx) => {
      await updateMember(tx, memberId, { displayName: ` ${"😀".repeat(80)} `, locale: null }, NOW);
      await updateMember(tx, memberId, {}, NOW);
    });
    const member = await test.read(communityId, (reader) => memberById(reader, memberId));
    expect(member).toMatchObject({ displayName: "😀".repeat(80), locale: "en", timeZone: "Asia/Shanghai" });
    expect(await test.read(communityId, (reader) => memberById(reader, bystander.memberId))).toEqual(before);
  });
});

describe("setConsent", () => {
  it("keeps the latest word for each purpose", async () => {
    const { memberId } = await aViewer(test, communityId, NOW);
    const say = (purpose: "nudges" | "email", granted: boolean) =>
      test.tx(communityId, (tx) => setConsent(tx, { memberId, purpose, granted }, NOW));
    await say("nudges", true);
    await say("nudges", false);
    await say("email", true);
    const consents = await test.read(communityId, (reader) => consentsOf(reader, memberId));
    expect(new Map(consents.map(({ purpose, granted }) => [purpose, granted]))).toEqual(
      new Map([
        ["nudges", false],
        ["email", true],
      ]),
    );
  });
});

describe("createCommunity", () => {
  const input: NewCommunity = { slug: "kebab-case-1", name: "社区", locale: "zh-CN", timeZone: "Asia/Shanghai" };
  const create = (change: Partial<NewCommunity>) => {
    const id = newId(NOW);
    return test.tx(id, (tx) => createCommunity(tx, { ...input, ...change }, NOW));
  };

  it("makes a tenant, once for each short name", async () => {
    await create({});
    expect(await communityBySlug(test.db.system, "kebab-case-1")).toMatchObject({ name: "社区" });
    expect(await refusalOf(create({ name: "Another" }))).toMatchObject({ code: "community.slug-taken", field: "slug" });
    const raced = await Promise.allSettled(Array.from({ length: 10 }, () => create({ slug: "raced" })));
    expect(raced.filter((one) => one.status === "fulfilled")).toHaveLength(1);
  });

  it.each([
    ["slug", { slug: "a" }],
    ["slug", { slug: "-a" }],
    ["slug", { slug: "Upper" }],
    ["slug", { slug: "x".repeat(41) }],
    ["slug", { slug: "two\nlines" }],
    ["slug", { slug: "ends-with\n" }],
    ["name", { name: " " }],
    ["name", { name: "nul\u0000" }],
    ["timeZone", { timeZone: "Shanghai" }],
  ])("refuses a bad %s: %j", async (field, change) => {
    expect(await refusalOf(create(change))).toMatchObject({ code: "input.invalid", field });
  });
});

describe("trustProvider", () => {
  const input: TrustedProvider = {
    issuer: "https://id.example",
    jwksUri: "https://id.example/jwks",
    audience: "rekindle",
    roleClaim: "role",
  };
  const trust = (change: Partial<TrustedProvider> = {}, production = true) =>
    test.tx(communityId, (tx) => trustProvider(tx, { ...input, ...change }, { production }, NOW));

  it("takes a second word on the same issuer as a change", async () => {
    await trust();
    await trust({ audience: "other" });
    const rows = await test.rows("select audience from identity_providers where community_id = $1", [communityId]);
    expect(rows).toEqual([{ audience: "other" }]);
  });

  it.each([
    ["jwksUri", { jwksUri: "not an address" }],
    ["jwksUri", { jwksUri: "file:///etc/passwd" }],
    ["jwksUri", { jwksUri: "data:application/json,{}" }],
    ["jwksUri", { jwksUri: "http://id.example/jwks" }],
    ["jwksUri", { jwksUri: "http://127.0.0.1/jwks" }],
    ["issuer", { issuer: "" }],
    ["issuer", { issuer: CLIENT_ISSUER }],
    ["issuer", { issuer: issuerOfSite("ai") }],
    ["issuer", { issuer: DEVELOPMENT_ISSUER }],
    ["issuer", { issuer: " https://id.example" }],
    ["audience", { audience: "" }],
  ])("refuses a bad %s: %j", async (field, change) => {
    expect(await refusalOf(trust(change))).toMatchObject({ code: "input.invalid", field });
    expect(await test.rows("select from identity_providers where community_id = $1", [communityId])).toEqual([]);
  });

  it("takes a key set by plain http for trying things out, and an issuer without a scheme", async () => {
    await trust({ jwksUri: "http://127.0.0.1:9000/jwks" }, false);
    await trust({ issuer: "accounts.google.com" });
    const rows = await test.rows("select issuer from identity_providers where community_id = $1 order by 1", [
      communityId,
    ]);
    expect(rows.map((row) => row.issuer)).toEqual(["accounts.google.com", "https://id.example"]);
  });
});
