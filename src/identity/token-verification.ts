import { eq } from "drizzle-orm";
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeJwt,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from "jose";
import { LRUCache } from "lru-cache";
import { communities, identityProviders } from "../../drizzle/tables/identity.ts";
import { type Clock, MINUTE_MS } from "../kernel/instant.ts";
import type { Database } from "../platform/database/database.ts";
import type { Community } from "./community-queries.ts";

/** The claim that names the community when an issuer serves several. */
export const COMMUNITY_CLAIM = "rekindle_community";

/** Asymmetric only: a shared secret would let every holder of it make tokens, and `none` is no signature. */
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

/** Clocks of providers differ; RFC 7519 allows a few minutes at most. */
const CLOCK_TOLERANCE_S = 30;

/** An issuer whose keys this process holds itself, trusted by every community: for development only. */
export interface LocalIssuer {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: JSONWebKeySet;
  readonly roleClaim: string;
}

export interface VerifiedToken {
  readonly community: Community;
  readonly issuer: string;
  readonly roleClaim: string;
  readonly payload: JWTPayload;
}

interface Trust {
  readonly issuer: string;
  readonly audience: string;
  readonly roleClaim: string;
  readonly keys: JWTVerifyGetKey;
  readonly communities: readonly Community[];
}

/** Verifies bearer tokens against the key sets of the issuers that communities trust. */
export class TokenVerifier {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #local: LocalIssuer | null;
  /** An issuer's trust is read again after a minute, so that adding or removing a provider takes effect. */
  readonly #trusts = new LRUCache<string, Trust>({ max: 200, ttl: MINUTE_MS });
  /** Key sets keep their own cache of keys, with jose's cool-down between fetches. */
  readonly #keySets = new LRUCache<string, JWTVerifyGetKey>({ max: 200 });

  constructor(db: Database, clock: Clock, local: LocalIssuer | null) {
    this.#db = db;
    this.#clock = clock;
    this.#local = local;
  }

  /** The token's claims and community; null for a token that is malformed, expired, forged, or of nobody we trust. */
  async verify(token: string): Promise<VerifiedToken | null> {
    const issuer = unverifiedIssuer(token);
    if (issuer === null) return null;
    for (const trust of await this.#trustOf(issuer)) {
      const payload = await this.#verifyWith(token, trust);
      if (payload === null) continue;
      const slug = payload[COMMUNITY_CLAIM];
      const community =
        typeof slug === "string" ? trust.communities.find((known) => known.slug === slug) : only(trust.communities);
      if (community) return { community, issuer, roleClaim: trust.roleClaim, payload };
    }
    return null;
  }

  async #verifyWith(token: string, trust: Trust): Promise<JWTPayload | null> {
    try {
      const { payload } = await jwtVerify(token, trust.keys, {
        issuer: trust.issuer,
        audience: trust.audience,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE_S,
        currentDate: this.#clock(),
        requiredClaims: ["sub", "exp"],
      });
      return payload;
    } catch (error) {
      // A key set that cannot be fetched is an outage: the client may try again, the token is not at fault.
      if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError)) throw error;
      return null;
    }
  }

  async #trustOf(issuer: string): Promise<Trust[]> {
    const trusts: Trust[] = [];
    if (this.#local?.issuer === issuer) {
      const { audience, roleClaim, keys } = this.#local;
      const communities_ = await this.#db.system.select().from(communities);
      trusts.push({ issuer, audience, roleClaim, keys: createLocalJWKSet(keys), communities: communities_ });
    }
    const cached = this.#trusts.get(issuer);
    if (cached) return [...trusts, cached];
    const rows = await this.#db.system
      .select()
      .from(identityProviders)
      .innerJoin(communities, eq(communities.id, identityProviders.communityId))
      .where(eq(identityProviders.issuer, issuer));
    const [first] = rows;
    if (first) {
      const { jwksUri, audience, roleClaim } = first.identity_providers;
      const keys = this.#keySets.get(jwksUri) ?? createRemoteJWKSet(new URL(jwksUri), { timeoutDuration: 5_000 });
      this.#keySets.set(jwksUri, keys);
      const trust = { issuer, audience, roleClaim, keys, communities: rows.map((row) => row.communities) };
      this.#trusts.set(issuer, trust);
      trusts.push(trust);
    }
    return trusts;
  }
}

function unverifiedIssuer(token: string): string | null {
  try {
    const { iss } = decodeJwt(token);
    return typeof iss === "string" && iss.length <= 2_000 ? iss : null;
  } catch {
    return null;
  }
}

function only<T>(list: readonly T[]): T | undefined {
  return list.length === 1 ? list[0] : undefined;
}
