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

/** Adding, changing or removing a provider takes effect within this time. */
const TRUST_REMEMBERED_MS = MINUTE_MS;

/** More issuers than this deployment serves at once only cost reading them again; tokens of strangers are not remembered. */
const ISSUERS_MAX = 2_000;

/** Jose fetches a key set again for an unknown key id, at most this often: a rotation is noticed, a flood of ids is not. */
const KEY_SET_COOL_DOWN_MS = 10_000;
const KEY_SET_FETCH_MS_MAX = 5_000;

/** The issuer's keys cannot be had, so nothing can be said about its tokens: an outage, and the client may try again. */
export class KeysUnavailableError extends Error {
  override readonly name = "KeysUnavailableError";
}

/** Verifies bearer tokens against the key sets of the issuers that communities trust. */
export class TokenVerifier {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #local: Omit<Trust, "communities"> | null;
  readonly #trusts = new LRUCache<string, { trusts: readonly Trust[]; untilMs: number }>({ max: ISSUERS_MAX });
  readonly #keySets = new LRUCache<string, JWTVerifyGetKey>({ max: ISSUERS_MAX });

  constructor(db: Database, clock: Clock, local: LocalIssuer | null) {
    this.#db = db;
    this.#clock = clock;
    this.#local = local === null ? null : { ...local, keys: createLocalJWKSet(local.keys) };
  }

  /**
   * The token's claims and community; null for a token that is malformed, expired, forged, or of nobody we trust.
   * @throws KeysUnavailableError when no key set says that the token is good, and one that might cannot be fetched.
   */
  async verify(token: string): Promise<VerifiedToken | null> {
    const issuer = unverifiedIssuer(token);
    if (issuer === null) return null;
    let outage: KeysUnavailableError | null = null;
    for (const trust of await this.#trustsOf(issuer)) {
      try {
        const payload = await this.#verifyWith(token, trust);
        const community = payload === null ? null : communityOf(payload, trust.communities);
        if (payload && community) return { community, issuer, roleClaim: trust.roleClaim, payload };
      } catch (error) {
        if (!(error instanceof KeysUnavailableError)) throw error;
        outage = error;
      }
    }
    if (outage !== null) throw outage;
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
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }

  async #trustsOf(issuer: string): Promise<readonly Trust[]> {
    if (this.#local?.issuer === issuer) {
      // Not remembered: whoever tries things out makes a community and means to use it at once.
      return [{ ...this.#local, communities: await this.#db.system.select().from(communities) }];
    }
    const nowMs = this.#clock().getTime();
    const remembered = this.#trusts.get(issuer);
    if (remembered && nowMs < remembered.untilMs) return remembered.trusts;
    const trusts = await this.#providerTrusts(issuer);
    if (trusts.length > 0) this.#trusts.set(issuer, { trusts, untilMs: nowMs + TRUST_REMEMBERED_MS });
    return trusts;
  }

  /**
   * One trust for each way in which communities describe the issuer: what one of them says about its keys counts for that one
   * only, so that nobody can vouch for another community's members.
   */
  async #providerTrusts(issuer: string): Promise<Trust[]> {
    const rows = await this.#db.system
      .select()
      .from(identityProviders)
      .innerJoin(communities, eq(communities.id, identityProviders.communityId))
      .where(eq(identityProviders.issuer, issuer));
    const trusts = new Map<string, Trust & { communities: Community[] }>();
    for (const { identity_providers: provider, communities: community } of rows) {
      const { jwksUri, audience, roleClaim } = provider;
      const way = JSON.stringify([jwksUri, audience, roleClaim]);
      const trust = trusts.get(way) ?? { issuer, audience, roleClaim, keys: this.#keySet(jwksUri), communities: [] };
      trust.communities.push(community);
      trusts.set(way, trust);
    }
    return [...trusts.values()];
  }

  #keySet(jwksUri: string): JWTVerifyGetKey {
    let keys = this.#keySets.get(jwksUri);
    if (keys === undefined) {
      keys = remoteKeys(jwksUri);
      this.#keySets.set(jwksUri, keys);
    }
    return keys;
  }
}

/** A key set by its address, with jose's own cache of keys. Tells a key that is not there from a set that cannot be had. */
function remoteKeys(jwksUri: string): JWTVerifyGetKey {
  const find = createRemoteJWKSet(new URL(jwksUri), {
    timeoutDuration: KEY_SET_FETCH_MS_MAX,
    cooldownDuration: KEY_SET_COOL_DOWN_MS,
  });
  return async (header, token) => {
    try {
      return await find(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      throw new KeysUnavailableError(`the key set ${jwksUri} cannot be had`, { cause: error });
    }
  };
}

/** The community that the token names, or the only one that trusts it so. */
function communityOf(payload: JWTPayload, trusting: readonly Community[]): Community | null {
  const slug = payload[COMMUNITY_CLAIM];
  if (typeof slug === "string") return trusting.find((community) => community.slug === slug) ?? null;
  return trusting.length === 1 ? (trusting[0] ?? null) : null;
}

function unverifiedIssuer(token: string): string | null {
  try {
    const { iss } = decodeJwt(token);
    return typeof iss === "string" && iss.length <= 2_000 ? iss : null;
  } catch {
    return null;
  }
}
