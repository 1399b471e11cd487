import { identityProviders } from "../../drizzle/tables/identity.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Tx } from "../platform/database/database.ts";

export interface TrustedProvider {
  readonly issuer: string;
  readonly jwksUri: string;
  /** The `aud` that tokens for this API carry. */
  readonly audience: string;
  /** The claim that carries the member's role; `role` by default. */
  readonly roleClaim: string;
}

/** Trusts an OpenID provider's tokens in this community, or changes how. Takes effect within a minute. */
export async function trustProvider(
  tx: Tx,
  provider: TrustedProvider,
  options: { readonly production: boolean },
  now: Instant,
): Promise<void> {
  assertKeySet(provider.jwksUri, options.production);
  assertIssuer(provider.issuer);
  if (provider.audience === "")
    throw new Refusal("input.invalid", { reason: "give the audience of tokens" }, "audience");
  await tx.sql
    .insert(identityProviders)
    .values({ communityId: tx.communityId, ...provider, createdAt: now })
    .onConflictDoUpdate({
      target: [identityProviders.communityId, identityProviders.issuer],
      set: { jwksUri: provider.jwksUri, audience: provider.audience, roleClaim: provider.roleClaim },
    });
}

/** Whoever can change the key set on its way can be anybody, so in production it comes by https. */
function assertKeySet(jwksUri: string, production: boolean): void {
  const protocol = URL.canParse(jwksUri) ? new URL(jwksUri).protocol : "";
  if (production && protocol !== "https:") {
    throw new Refusal("input.invalid", { reason: "give the https address of the provider's key set" }, "jwksUri");
  }
  if (!/^https?:$/.test(protocol)) {
    throw new Refusal("input.invalid", { reason: "give the http(s) address of the provider's key set" }, "jwksUri");
  }
}

/**
 * External identities of imports, event streams and this installation stand beside those of providers, under names that are no
 * addresses (`client`, `stackexchange:beer`, `rekindle-development`): a provider of such a name could sign in as their members.
 */
function assertIssuer(issuer: string): void {
  if (issuer === "") throw new Refusal("input.invalid", { reason: "give the provider's issuer" }, "issuer");
  const isAddress = /^https?:\/\//.test(issuer) && URL.canParse(issuer);
  // Some providers leave out the scheme (accounts.google.com).
  const isHost = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i.test(issuer);
  if (isAddress || isHost) return;
  const reason = "an issuer is an address such as https://id.example.com: other names are reserved for imports";
  throw new Refusal("input.invalid", { reason }, "issuer");
}
