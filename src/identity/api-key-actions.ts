import { createHash, randomBytes } from "node:crypto";
import { and, eq, isNull } from "drizzle-orm";
import { type ApiKeyScope, apiKeys, members } from "../../drizzle/tables/identity.ts";
import { assert } from "../kernel/assert.ts";
import { type Id, newId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Tx } from "../platform/database/database.ts";
import { communityById } from "./community-queries.ts";
import { readDisplayName } from "./display-name-rules.ts";
import { isApiKeyScope } from "./scope-catalogue.ts";

/** Tells our keys from other secrets, for people and for secret scanners. */
export const API_KEY_PREFIX = "rk_";

/** 256 bits from the system's generator: no salt is needed, since nothing can be guessed. */
export function hashApiKey(key: string): string {
  return createHash("sha256").update(key).digest("base64url");
}

export interface NewApiKey {
  /** What the service is called, and the member it acts as. */
  readonly name: string;
  readonly scopes: readonly ApiKeyScope[];
}

/**
 * Creates a service's key and the service member it acts as. The key is returned this once; only its hash is kept. What it may do is
 * said now and never changes: make another and revoke this one.
 * @throws Refusal `input.invalid` naming the field.
 */
export async function createApiKey(tx: Tx, input: NewApiKey, now: Instant): Promise<{ id: Id; key: string }> {
  const name = readDisplayName(input.name, "name");
  const scopes = [...new Set(input.scopes)];
  if (scopes.length === 0 || !scopes.every(isApiKeyScope))
    throw new Refusal("input.invalid", { reason: "a key has one scope or more" }, "scopes");
  const community = await communityById(tx.sql, tx.communityId);
  assert(community, "a transaction's community exists");
  const memberId = newId(now);
  await tx.sql.insert(members).values({
    communityId: tx.communityId,
    id: memberId,
    displayName: name,
    emailCipher: null,
    locale: community.locale,
    timeZone: community.timeZone,
    role: "service",
    joinedAt: now,
  });
  const id = newId(now);
  const key = `${API_KEY_PREFIX}${randomBytes(32).toString("base64url")}`;
  await tx.sql.insert(apiKeys).values({
    communityId: tx.communityId,
    id,
    keyHash: hashApiKey(key),
    hint: key.slice(0, 7),
    name,
    memberId,
    scopes,
    createdAt: now,
  });
  return { id, key };
}

/** Ends a key's life; requests with it are refused from then on. @throws Refusal `not-found`. */
export async function revokeApiKey(tx: Tx, id: Id, now: Instant): Promise<void> {
  const revoked = await tx.sql
    .update(apiKeys)
    .set({ revokedAt: now })
    .where(and(eq(apiKeys.communityId, tx.communityId), eq(apiKeys.id, id), isNull(apiKeys.revokedAt)))
    .returning({ id: apiKeys.id });
  if (revoked.length === 0) throw new Refusal("not-found", { what: "API key", id }, "id");
}
