import { eq } from "drizzle-orm";
import { LRUCache } from "lru-cache";
import { apiKeys, communities } from "../../drizzle/tables/identity.ts";
import { type Clock, SECOND_MS } from "../kernel/instant.ts";
import type { Crypto } from "../platform/crypto.ts";
import type { Database } from "../platform/database/database.ts";
import { API_KEY_PREFIX, hashApiKey } from "./api-key-actions.ts";
import { ensureMember } from "./member-actions.ts";
import { type Member, memberById } from "./member-queries.ts";
import { readClaims } from "./token-claims.ts";
import { type LocalIssuer, TokenVerifier } from "./token-verification.ts";
import type { Viewer } from "./viewer.ts";

/** How long a credential's viewer is remembered: the longest that a suspension or a revoked key goes unnoticed. */
const REMEMBERED_MS = 5 * SECOND_MS;

/** Turns credentials into viewers: bearer tokens of trusted issuers, and services' API keys. */
export class Authenticator {
  readonly #db: Database;
  readonly #crypto: Crypto;
  readonly #clock: Clock;
  readonly #tokens: TokenVerifier;
  readonly #viewers = new LRUCache<string, { viewer: Viewer; expiresAtMs: number }>({
    max: 20_000,
    ttl: REMEMBERED_MS,
  });

  constructor(options: { db: Database; crypto: Crypto; clock: Clock; localIssuer: LocalIssuer | null }) {
    this.#db = options.db;
    this.#crypto = options.crypto;
    this.#clock = options.clock;
    this.#tokens = new TokenVerifier(options.db, options.clock, options.localIssuer);
  }

  /** The viewer of a bearer token or API key; null when it is not valid (any more). Members are created at first sight. */
  async authenticate(credential: string): Promise<Viewer | null> {
    const remembered = this.#viewers.get(credential);
    const nowMs = this.#clock().getTime();
    if (remembered && remembered.expiresAtMs > nowMs) return remembered.viewer;
    const found = credential.startsWith(API_KEY_PREFIX)
      ? await this.#byApiKey(credential)
      : await this.#byToken(credential);
    if (found !== null) this.#viewers.set(credential, found);
    return found?.viewer ?? null;
  }

  async #byToken(token: string) {
    const verified = await this.#tokens.verify(token);
    if (verified === null) return null;
    const { community, issuer, payload } = verified;
    const foreign = readClaims(issuer, payload, verified, community);
    if (foreign === null) return null;
    const now = this.#clock();
    const member = await this.#db.transaction(community.id, (tx) => ensureMember(tx, foreign, this.#crypto, now));
    return { viewer: toViewer(member), expiresAtMs: (payload.exp ?? 0) * SECOND_MS };
  }

  async #byApiKey(key: string) {
    const [row] = await this.#db.system
      .select({ communityId: apiKeys.communityId, memberId: apiKeys.memberId, revokedAt: apiKeys.revokedAt })
      .from(apiKeys)
      .innerJoin(communities, eq(communities.id, apiKeys.communityId))
      .where(eq(apiKeys.keyHash, hashApiKey(key)));
    if (!row || row.revokedAt !== null) return null;
    const member = await this.#db.read(row.communityId, (reader) => memberById(reader, row.memberId));
    return member === null ? null : { viewer: toViewer(member), expiresAtMs: Number.POSITIVE_INFINITY };
  }
}

function toViewer(member: Member): Viewer {
  return {
    communityId: member.communityId,
    memberId: member.id,
    role: member.role,
    locale: member.locale,
    timeZone: member.timeZone,
    suspended: member.suspendedAt !== null,
  };
}
