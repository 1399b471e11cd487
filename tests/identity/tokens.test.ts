import { createHmac, createPublicKey } from "node:crypto";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { Authenticator } from "../../src/identity/authentication.ts";
import { createCommunity } from "../../src/identity/community-actions.ts";
import { membersById } from "../../src/identity/member-queries.ts";
import { trustProvider } from "../../src/identity/provider-actions.ts";
import { COMMUNITY_CLAIM, KeysUnavailableError, type LocalIssuer } from "../../src/identity/token-verification.ts";
import { type Id, newId } from "../../src/kernel/ids.ts";
import { MINUTE_MS, SECOND_MS } from "../../src/kernel/instant.ts";
import { Crypto } from "../../src/platform/crypto.ts";
import { eventsOf } from "../support/content-builders.ts";
import { useDatabase } from "../support/test-database.ts";
import { AUDIENCE, CLIENT_ID, OpenIdProvider } from "./openid-provider.ts";

const test = useDatabase();
const crypto = new Crypto([{ id: "k1", secret: Buffer.alloc(32, 7).toString("base64") }]);
const clock = () => new Date();
const moveOn = (ms: number) => vi.setSystemTime(Date.now() + ms);

let provider: OpenIdProvider;
let communityId: Id;
let slug: string;
let communities = 0;

beforeAll(async () => {
  // Only the date is ours: providers, jose and our clock read it, and everything still takes its real time.
  vi.useFakeTimers({ toFake: ["Date"] });
  provider = await OpenIdProvider.start();
});
afterAll(async () => {
  await provider.stop();
  vi.useRealTimers();
});

beforeEach(async () => {
  await test.rows("delete from identity_providers");
  ({ communityId, slug } = await aCommunity());
  await trust(communityId);
});
afterEach(() => {
  provider.keySetAnswer = null;
});

async function aCommunity(): Promise<{ communityId: Id; slug: string }> {
  communities += 1;
  const made = { slug: `c${communities}`, name: "A community", locale: "en", timeZone: "Asia/Shanghai" } as const;
  const id = newId(clock());
  await test.tx(id, (tx) => createCommunity(tx, made, clock()));
  return { communityId: id, slug: made.slug };
}

interface Trusting {
  readonly issuer?: string;
  readonly jwksUri?: string;
  readonly audience?: string;
  readonly roleClaim?: string;
}

function trust(by: Id, { issuer, jwksUri, audience = AUDIENCE, roleClaim = "role" }: Trusting = {}): Promise<void> {
  const trusted = { issuer: issuer ?? provider.issuer, jwksUri: jwksUri ?? provider.jwksUri, audience, roleClaim };
  return test.tx(by, (tx) => trustProvider(tx, trusted, { production: false }, clock()));
}

function anAuthenticator(localIssuer: LocalIssuer | null = null): Authenticator {
  return new Authenticator({ db: test.db, crypto, clock, localIssuer });
}

const membersOf = (id: Id) =>
  test.rows("select id, display_name, role, locale, time_zone from members where community_id = $1", [id]);

describe("a person who signed in at the platform's provider", () => {
  it("is a member from the first request on, as the token tells of them", async () => {
    const { accessToken } = await provider.signIn({
      sub: "ada",
      name: "林小红",
      email: "ada@example.com",
      locale: "zh-Hans",
      zoneinfo: "Europe/Berlin",
      role: "moderator",
    });
    const authenticator = anAuthenticator();
    const viewer = await authenticator.authenticate(accessToken);
    expect(viewer).toEqual({
      communityId,
      memberId: expect.any(String),
      role: "moderator",
      locale: "zh-CN",
      timeZone: "Europe/Berlin",
      suspended: false,
    });
    expect(await authenticator.authenticate(accessToken)).toEqual(viewer);
    expect(await membersOf(communityId)).toEqual([
      {
        id: viewer?.memberId,
        display_name: "林小红",
        role: "moderator",
        locale: "zh-CN",
        time_zone: "Europe/Berlin",
      },
    ]);
    expect(await eventsOf(test, communityId)).toEqual([{ type: "member.joined", memberId: viewer?.memberId }]);
    const [member] = await test.read(communityId, (reader) => membersById(reader, [viewer!.memberId]));
    expect(crypto.decrypt(member!.emailCipher!)).toBe("ada@example.com");
  });

  it("is one member however many first requests come at once, in however many processes", async () => {
    const { accessToken } = await provider.signIn({ sub: "grace", name: "Grace" });
    const processes = Array.from({ length: 5 }, () => anAuthenticator());
    const viewers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => processes[n % 5]!.authenticate(accessToken)),
    );
    expect(new Set(viewers.map((viewer) => viewer?.memberId)).size).toBe(1);
    expect(await membersOf(communityId)).toHaveLength(1);
    expect(await eventsOf(test, communityId)).toHaveLength(1);
  });

  it("has the role that the provider says, and a changed one with the next token", async () => {
    const authenticator = anAuthenticator();
    const roleOf = async (role: unknown) => {
      const { accessToken } = await provider.signIn({ sub: "joan", role });
      return (await authenticator.authenticate(accessToken))?.role;
    };
    expect(await roleOf(undefined)).toBe("member");
    expect(await roleOf("operator")).toBe("operator");
    expect((await membersOf(communityId))[0]).toMatchObject({ role: "operator" });
    expect(await roleOf("member")).toBe("member");
    expect(await roleOf(["student", "moderator"])).toBe("moderator");
    expect(await roleOf("root")).toBe("member");
    expect(await membersOf(communityId)).toHaveLength(1);
    expect(await eventsOf(test, communityId)).toHaveLength(1);
  });

  it("is a service for what the token's scope says, and only when the token says that it is one", async () => {
    const authenticator = anAuthenticator();
    const viewerOf = async (claims: object) =>
      authenticator.authenticate(await provider.sign({ sub: "shop", ...claims }));
    const scope = "openid coupons:settle events:write everything";
    expect(await viewerOf({ role: "service", scope })).toMatchObject({ scopes: ["coupons:settle", "events:write"] });
    expect(await viewerOf({ role: "service" })).toMatchObject({ role: "service", scopes: [] });
    expect(await viewerOf({ role: "member", scope: "operate" })).not.toHaveProperty("scopes");
  });

  it("may send the id token where that is the audience, and a claim of another name for the role", async () => {
    await trust(communityId, { audience: CLIENT_ID, roleClaim: "role" });
    const { accessToken, idToken } = await provider.signIn({ sub: "mary", name: "Mary", role: "operator" });
    const authenticator = anAuthenticator();
    expect(await authenticator.authenticate(idToken)).toMatchObject({ role: "operator" });
    expect(await authenticator.authenticate(accessToken)).toBeNull();
  });

  it("is somebody else in each community, which the token names where several trust the issuer", async () => {
    const other = await aCommunity();
    await trust(other.communityId);
    const authenticator = anAuthenticator();
    const viewerIn = async (community: unknown) => {
      const { accessToken } = await provider.signIn({ sub: "eve", [COMMUNITY_CLAIM]: community });
      return authenticator.authenticate(accessToken);
    };
    const [here, there] = [await viewerIn(slug), await viewerIn(other.slug)];
    expect(here?.communityId).toBe(communityId);
    expect(there?.communityId).toBe(other.communityId);
    expect(here?.memberId).not.toBe(there?.memberId);
    expect(await viewerIn(undefined)).toBeNull();
    expect(await viewerIn("elsewhere")).toBeNull();
  });
});

describe("a token is refused", () => {
  const inSeconds = (seconds: number) => Math.floor(Date.now() / SECOND_MS) + seconds;
  const withHeader = (token: string, change: object) => {
    const [header = "", payload, signature] = token.split(".");
    const changed = { ...JSON.parse(Buffer.from(header, "base64url").toString()), ...change };
    return [Buffer.from(JSON.stringify(changed)).toString("base64url"), payload, signature].join(".");
  };
  const withPayload = (token: string, change: object) => {
    const [header, payload = "", signature] = token.split(".");
    const changed = { ...JSON.parse(Buffer.from(payload, "base64url").toString()), ...change };
    return [header, Buffer.from(JSON.stringify(changed)).toString("base64url"), signature].join(".");
  };
  /** The public key's text as the secret of an HMAC: what a verifier that goes by the token's `alg` would accept. */
  const confused = async () => {
    const token = withHeader(await provider.sign({}), { alg: "HS256" });
    const [header, payload] = token.split(".");
    const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...publicJwk } = provider.signingKey;
    const pem = createPublicKey({ key: publicJwk as never, format: "jwk" }).export({ type: "spki", format: "pem" });
    const signature = createHmac("sha256", pem).update(`${header}.${payload}`).digest("base64url");
    return `${header}.${payload}.${signature}`;
  };
  const byStranger = async (header: object = {}) => {
    const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
    return provider.sign({}, { jwk: await exportJWK(publicKey), ...header }, await exportJWK(privateKey));
  };

  it.each<[string, () => Promise<string> | string]>([
    ["when it expired", () => provider.sign({ exp: inSeconds(-31) })],
    ["when it is not valid yet", () => provider.sign({ nbf: inSeconds(60) })],
    ["without an expiry", () => provider.sign({ exp: undefined })],
    ["with an expiry that is no number", () => provider.sign({ exp: "tomorrow" as never })],
    ["for another audience", () => provider.sign({ aud: "https://other.example" })],
    ["without an audience", () => provider.sign({ aud: undefined })],
    ["of another issuer", () => provider.sign({ iss: "https://other.example" })],
    ["without an issuer", () => provider.sign({ iss: undefined })],
    ["without a subject", () => provider.sign({ sub: undefined })],
    ["with an empty subject", () => provider.sign({ sub: "" })],
    ["with an endless subject", () => provider.sign({ sub: "x".repeat(256) })],
    ["with a null character in its subject", () => provider.sign({ sub: "a\u0000b" })],
    ["with an unknown key id", () => provider.sign({}, { kid: "unknown" })],
    ["signed by a stranger under the provider's key id", () => byStranger()],
    ["that brings its own key", () => byStranger({ kid: undefined })],
    ["that names its own key set", () => byStranger({ kid: "x", jku: "http://127.0.0.1:1/jwks" })],
    ["with a changed payload", async () => withPayload(await provider.sign({}), { role: "operator" })],
    ["with a changed header", async () => withHeader(await provider.sign({}), { typ: "JWE" })],
    ["with a cut signature", async () => (await provider.sign({})).slice(0, -4)],
    ["that says alg none", async () => `${withHeader(await provider.sign({}), { alg: "none" }).replace(/[^.]*$/, "")}`],
    ["that says alg none and keeps a signature", async () => withHeader(await provider.sign({}), { alg: "NONE" })],
    ["signed with the public key as a shared secret", confused],
    ["that is empty", () => ""],
    ["that is no token", () => "Zm9v.YmFy.YmF6"],
    ["that is enormous", () => `${"x".repeat(100_000)}.${"y".repeat(100_000)}.z`],
    ["that is of the prototype", () => "__proto__"],
  ])("%s", async (_what, token) => {
    expect(await anAuthenticator().authenticate(await token())).toBeNull();
    expect(await membersOf(communityId)).toEqual([]);
  });

  it("but taken when only the clocks differ a little", async () => {
    expect(await anAuthenticator().authenticate(await provider.sign({ exp: inSeconds(-20) }))).not.toBeNull();
    expect(await anAuthenticator().authenticate(await provider.sign({ nbf: inSeconds(20) }))).not.toBeNull();
  });

  it("of an issuer that only another community trusts, whatever community it names", async () => {
    const other = await aCommunity();
    const theirs = await OpenIdProvider.start();
    await trust(other.communityId, { issuer: theirs.issuer, jwksUri: theirs.jwksUri });
    const { accessToken } = await theirs.signIn({ sub: "eve", role: "operator", [COMMUNITY_CLAIM]: slug });
    expect(await anAuthenticator().authenticate(accessToken)).toBeNull();
    expect(await membersOf(communityId)).toEqual([]);
    await theirs.stop();
  });

  it("when another community vouches for our issuer with keys of its own", async () => {
    const other = await aCommunity();
    const forger = await OpenIdProvider.start();
    await trust(other.communityId, { jwksUri: forger.jwksUri });
    const authenticator = anAuthenticator();
    const forged = await forger.sign({ iss: provider.issuer, role: "operator", [COMMUNITY_CLAIM]: slug });
    expect(await authenticator.authenticate(forged)).toBeNull();
    expect(await membersOf(communityId)).toEqual([]);
    const { accessToken } = await provider.signIn({ sub: "ada" });
    expect(await authenticator.authenticate(accessToken)).toMatchObject({ communityId });
    await forger.stop();
  });

  it("at once when it expires, though it was seen a moment ago", async () => {
    const authenticator = anAuthenticator();
    const token = await provider.sign({ exp: inSeconds(2) });
    expect(await authenticator.authenticate(token)).not.toBeNull();
    moveOn(33 * SECOND_MS);
    expect(await authenticator.authenticate(token)).toBeNull();
  });
});

describe("the provider's keys", () => {
  it("are noticed when they rotate, and the old ones count no longer than they are remembered", async () => {
    const authenticator = anAuthenticator();
    const before = await provider.signIn({ sub: "ada" });
    expect(await authenticator.authenticate(before.accessToken)).not.toBeNull();
    await provider.rotateKeys();
    moveOn(11 * SECOND_MS);
    const after = await provider.signIn({ sub: "ada" });
    expect(await authenticator.authenticate(after.accessToken)).not.toBeNull();
    expect(await authenticator.authenticate(before.accessToken)).toBeNull();
  });

  it("are not fetched for every unknown key id", async () => {
    const authenticator = anAuthenticator();
    const requestsBefore = provider.keySetRequests;
    for (let n = 0; n < 50; n += 1) {
      expect(await authenticator.authenticate(await provider.sign({}, { kid: `flood-${n}` }))).toBeNull();
    }
    expect(provider.keySetRequests - requestsBefore).toBeLessThanOrEqual(2);
  });

  it("are not fetched for an issuer that nobody trusts", async () => {
    const stranger = await OpenIdProvider.start();
    const { accessToken } = await stranger.signIn({ sub: "eve" });
    const requestsBefore = stranger.keySetRequests;
    expect(await anAuthenticator().authenticate(accessToken)).toBeNull();
    expect(stranger.keySetRequests).toBe(requestsBefore);
    await stranger.stop();
  });

  it("that cannot be had are an outage, not an invalid token, and the next attempt may succeed", async () => {
    const authenticator = anAuthenticator();
    const { accessToken } = await provider.signIn({ sub: "ada" });
    await provider.stop();
    await expect(authenticator.authenticate(accessToken)).rejects.toThrow(KeysUnavailableError);
    await provider.listen();
    for (const answer of [
      { status: 500, body: "{}" },
      { status: 200, body: "<html>Sign in to the airport's Wi-Fi</html>" },
      { status: 200, body: '{"keys":"none"}' },
      { status: 302, body: "" },
    ]) {
      provider.keySetAnswer = answer;
      await expect(authenticator.authenticate(accessToken), answer.body).rejects.toThrow(KeysUnavailableError);
    }
    provider.keySetAnswer = null;
    expect(await authenticator.authenticate(accessToken)).toMatchObject({ communityId });
  });

  it("still tell of known people while the provider is away", async () => {
    const authenticator = anAuthenticator();
    const { accessToken } = await provider.signIn({ sub: "ada" });
    const first = await authenticator.authenticate(accessToken);
    await provider.stop();
    moveOn(20 * SECOND_MS);
    expect(await authenticator.authenticate(accessToken)).toEqual(first);
    await provider.listen();
  });

  it("of one community that cannot be had do not keep another community's people out", async () => {
    const other = await aCommunity();
    await trust(other.communityId, { jwksUri: "http://127.0.0.1:1/jwks" });
    const { accessToken } = await provider.signIn({ sub: "ada", [COMMUNITY_CLAIM]: slug });
    expect(await anAuthenticator().authenticate(accessToken)).toMatchObject({ communityId });
  });

  it("count until a minute after the trust ended", async () => {
    const authenticator = anAuthenticator();
    const { accessToken } = await provider.signIn({ sub: "ada" });
    expect(await authenticator.authenticate(accessToken)).not.toBeNull();
    await test.rows("delete from identity_providers where community_id = $1", [communityId]);
    moveOn(MINUTE_MS);
    expect(await authenticator.authenticate(accessToken)).toBeNull();
  });
});

describe("the issuer of an installation that is tried out", () => {
  async function aLocalIssuer() {
    const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
    const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: "development", alg: "ES256" }] };
    const issuer: LocalIssuer = { issuer: "rekindle-development", audience: "rekindle", roleClaim: "role", keys };
    const sign = (claims: Record<string, unknown>) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: "ES256", kid: "development" })
        .setIssuer("rekindle-development")
        .setAudience("rekindle")
        .setSubject("ada")
        .setExpirationTime("1h")
        .sign(privateKey);
    return { issuer, sign };
  }

  it("speaks for every community, new ones at once", async () => {
    const { issuer, sign } = await aLocalIssuer();
    const authenticator = anAuthenticator(issuer);
    const token = await sign({ [COMMUNITY_CLAIM]: slug, role: "operator" });
    expect(await authenticator.authenticate(token)).toMatchObject({ communityId, role: "operator" });
    const other = await aCommunity();
    expect(await authenticator.authenticate(await sign({ [COMMUNITY_CLAIM]: other.slug }))).toMatchObject({
      communityId: other.communityId,
    });
  });

  it("is a stranger where there is none", async () => {
    const { sign } = await aLocalIssuer();
    expect(await anAuthenticator(null).authenticate(await sign({ [COMMUNITY_CLAIM]: slug }))).toBeNull();
  });
});
