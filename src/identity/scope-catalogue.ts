import type { ApiKeyScope } from "../../drizzle/tables/identity.ts";

/**
 * Everything that a service's key may be made for. None includes another: a key does what its scopes say and nothing else, so that
 * what a leaked one opens can be read off it. See `docs/decisions/0012-api-key-scopes.md`.
 */
export const API_KEY_SCOPES = [
  // May be public, in a browser: what clients see happen, of anybody.
  "events:write",
  // The platform's own server: events of every kind, of anybody.
  "events:import",
  // The shop: holds coupons, and commits and releases those of members.
  "coupons:settle",
  // The shop again: what members have bought, until when, and what was refunded.
  "entitlements:write",
  // Runs the community as an operator does, but handles no keys.
  "operate",
] as const satisfies readonly ApiKeyScope[];

export function isApiKeyScope(text: unknown): text is ApiKeyScope {
  return (API_KEY_SCOPES as readonly unknown[]).includes(text);
}
