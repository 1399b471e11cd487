import { createHash } from "node:crypto";
import { eq } from "drizzle-orm";
import { LRUCache } from "lru-cache";
import { type ApiKeyScope, apiKeys, communities } from "../../drizzle/tables/identity.ts";
import type { Id } from "../kernel/ids.ts";
import { type Clock, SECOND_MS } from "../kernel/instant.ts";
import type { Crypto } from "../platform/crypto.ts";
import type { Database } from "../platform/database/database.ts";
import { API_KEY_PREFIX, hashApiKey } from "./api-key-actions.ts";
import { ensureMember, type ForeignMember } from "./member-actions.ts";
import { type Member, memberById, memberByIdentity } from "./member-queries.ts";
import { readClaims, readScopes } from "./token-claims.ts";
import { type LocalIssuer, TokenVerifier } from "./token-verification.ts";
import type { Viewer } from "./viewer.ts";

/** How long a credential's viewer is remembered: the longest that a suspension or a revoked key goes unnoticed. */
const REMEMBERED_MS = 5 * SECOND_MS;

const REMEMBERED_MAX = 20_000;

interface Recognised {
  readonly viewer: Viewer;
  readonly untilMs: number;
}

/** Turns credentials into viewers: bearer tokens of trusted issuers, and services' API keys. */
export class Authenticator {
  readonly #db: Database;
  readonly #crypto: Crypto;
  readonly #clock: Clock;
  readonly #tokens: TokenVerifier;
  /** By the credential's digest: its size is not the client's to choose, and a dump of the memory holds no credentials. */
  readonly #remembered = new LRUCache<string, Recognised>({ max: REMEMBERED_MAX });
  /** A page's first requests come at once with one credential, which is looked at once. */
  readonly #underway = new Map<string, Promise<Recognised | null>>();

  constructor(options: { db: Database; crypto: Crypto; clock: Clock; localIssuer: LocalIssuer | null }) {
    this.#db = options.db;
    this.#crypto = options.crypto;
    this.#clock = options.clock;
    this.#tokens = new TokenVerifier(options.db, options.clock, options.localIssuer);
  }

  /** The viewer of a bearer token or API key; null when it is not valid (any more). Members are created at first sight. */
  async authenticate(credential: string): Promise<Viewer | null> {
    const digest = createHash("sha256").update(credential).digest("base64");
    const remembered = this.#remembered.get(digest);
    if (remembered && this.#clock().getTime() < remembered.untilMs) return remembered.viewer;
    let underway = this.#underway.get(digest);
    if (underway === undefined) {
      underway = this.#recognise(credential, digest).finally(() => this.#underway.delete(digest));
      this.#underway.set(digest, underway);
    }
    return (await underway)?.viewer ?? null;
  }

  async #recognise(credential: string, digest: string): Promise<Recognised | null> {
    const nowMs = this.#clock().getTime();
    const found = credential.startsWith(API_KEY_PREFIX)
      ? await this.#byApiKey(credential)
      : await this.#byToken(credential);
    if (found === null) {
      this.#remembered.delete(digest);
      return null;
    }
    const recognised = { viewer: found.viewer, untilMs: Math.min(found.expiresAtMs, nowMs + REMEMBERED_MS) };
    this.#remembered.set(digest, recognised);
    return recognised;
  }

  async #byToken(token: string) {
    const verified = await this.#tokens.verify(token);
    if (verified === null) return null;
    const { community, issuer, payload } = verified;
    const foreign = readClaims(issuer, payload, verified, community);
    if (foreign === null) return null;
    const member = (await this.#unchangedMember(community.id, foreign)) ?? (await this.#ensure(community.id, foreign));
    return { viewer: toViewer(member, readScopes(payload)), expiresAtMs: (payload.exp ?? 0) * SECOND_MS };
  }

  /** The common case without a transaction. */
  async #unchangedMember(communityId: Id, { issuer, subject, role }: ForeignMember): Promise<Member | null> {
    const known = await this.#db.read(communityId, (reader) => memberByIdentity(reader, issuer, subject));
    return known?.role === role ? known : null;
  }

  #ensure(communityId: Id, foreign: ForeignMember): Promise<Member> {
    const now = this.#clock();
    return this.#db.transaction(communityId, (tx) => ensureMember(tx, foreign, this.#crypto, now));
  }

  async #byApiKey(key: string) {
    const { communityId, memberId, scopes, revokedAt } = apiKeys;
    const [row] = await this.#db.system
      .select({ communityId, memberId, scopes, revokedAt })
      .from(apiKeys)
      .innerJoin(communities, eq(communities.id, apiKeys.communityId))
      .where(eq(apiKeys.keyHash, hashApiKey(key)));
    if (!row || row.revokedAt !== null) return null;
    const member = await this.#db.read(row.communityId, (reader) => memberById(reader, row.memberId));
    return member === null ? null : { viewer: toViewer(member, row.scopes), expiresAtMs: Number.POSITIVE_INFINITY };
  }
}

/** @param scopes what the credential lets a service in for; of no meaning for people. */
function toViewer(member: Member, scopes: readonly ApiKeyScope[]): Viewer {
  return {
    communityId: member.communityId,
    memberId: member.id,
    role: member.role,
    locale: member.locale,
    timeZone: member.timeZone,
    suspended: member.suspendedAt !== null,
    ...(member.role === "service" ? { scopes } : {}),
  };
}
