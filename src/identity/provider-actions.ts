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
export async function trustProvider(tx: Tx, provider: TrustedProvider, now: Instant): Promise<void> {
  if (!URL.canParse(provider.jwksUri) || !/^https?:$/.test(new URL(provider.jwksUri).protocol)) {
    throw new Refusal("input.invalid", { reason: "give the http(s) address of the provider's key set" }, "jwksUri");
  }
  if (provider.issuer === "") throw new Refusal("input.invalid", { reason: "give the provider's issuer" }, "issuer");
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
