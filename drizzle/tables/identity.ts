import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  foreignKey,
  index,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { instant, tenantColumn, tenantPolicy } from "./tenancy.ts";

export type MemberRole = "member" | "moderator" | "operator" | "service";
export type Locale = "en" | "zh-CN";
export type ConsentPurpose = "nudges" | "email";
/** What a service's key may do; `src/identity/scope-catalogue.ts` tells of each. */
export type ApiKeyScope = "events:write" | "events:import" | "coupons:settle" | "entitlements:write" | "operate";

/** Tenants. Not under row-level security: it is what a connection is opened with. */
export const communities = pgTable(
  "communities",
  {
    id: uuid().primaryKey(),
    slug: text().notNull(),
    name: text().notNull(),
    locale: text().$type<Locale>().notNull(),
    timeZone: text().notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [uniqueIndex("communities_slug").on(t.slug)],
);

/** Who issues tokens that a community trusts. Read before a community is known, so not under row-level security. */
export const identityProviders = pgTable(
  "identity_providers",
  {
    communityId: tenantColumn().references(() => communities.id),
    issuer: text().notNull(),
    jwksUri: text().notNull(),
    audience: text().notNull(),
    roleClaim: text().notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [primaryKey({ columns: [t.communityId, t.issuer] }), index("identity_providers_issuer").on(t.issuer)],
);

/** Keys of services, stored as a hash. Read before a community is known, so not under row-level security. */
export const apiKeys = pgTable(
  "api_keys",
  {
    communityId: tenantColumn().references(() => communities.id),
    id: uuid().notNull(),
    keyHash: text().notNull(),
    hint: text().notNull(),
    name: text().notNull(),
    memberId: uuid().notNull(),
    scopes: text().array().$type<ApiKeyScope[]>().notNull(),
    createdAt: instant().notNull(),
    revokedAt: instant(),
  },
  (t) => [primaryKey({ columns: [t.communityId, t.id] }), uniqueIndex("api_keys_hash").on(t.keyHash)],
);

export const members = pgTable(
  "members",
  {
    communityId: tenantColumn().references(() => communities.id),
    id: uuid().notNull(),
    displayName: text().notNull(),
    /** AES-GCM under a named key (`src/platform/crypto.ts`); never plain. */
    emailCipher: text(),
    locale: text().$type<Locale>().notNull(),
    timeZone: text().notNull(),
    role: text().$type<MemberRole>().notNull(),
    joinedAt: instant().notNull(),
    suspendedAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.id] }),
    index("members_joined").on(t.communityId, t.joinedAt, t.id),
    tenantPolicy("members"),
  ],
);

/** How an outside world calls a member: an issuer's subject, an imported user id, a client's userId. */
export const externalIdentities = pgTable(
  "external_identities",
  {
    communityId: tenantColumn(),
    issuer: text().notNull(),
    subject: text().notNull(),
    memberId: uuid().notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.issuer, t.subject] }),
    index("external_identities_member").on(t.communityId, t.memberId),
    foreignKey({ columns: [t.communityId, t.memberId], foreignColumns: [members.communityId, members.id] }),
    tenantPolicy("external_identities"),
  ],
);

/** A member's yes or no by purpose; no row means the community's default. */
export const consents = pgTable(
  "consents",
  {
    communityId: tenantColumn(),
    memberId: uuid().notNull(),
    purpose: text().$type<ConsentPurpose>().notNull(),
    granted: boolean().notNull(),
    changedAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.memberId, t.purpose] }),
    foreignKey({ columns: [t.communityId, t.memberId], foreignColumns: [members.communityId, members.id] }),
    tenantPolicy("consents"),
  ],
);

/**
 * What members have bought (or were given), and until when. Read it through the function `held_entitlements`, which tells those
 * that count at a moment.
 */
export const entitlements = pgTable(
  "entitlements",
  {
    communityId: tenantColumn(),
    id: uuid().notNull(),
    memberId: uuid().notNull(),
    /** What was bought, as the shop calls it, and the run of it that the member belongs to. */
    product: text().notNull(),
    cohort: text(),
    startsAt: instant().notNull(),
    /** The first moment at which it no longer counts; null for one that stays. */
    endsAt: instant(),
    /** Set once it was taken back, such as by a refund: from then on it never counted, whatever a clock says. */
    revokedAt: instant(),
    revokedReason: text(),
    /** Who granted it and what they call it, such as the shop and its order line: together they grant once. */
    source: text().notNull(),
    reference: text().notNull(),
    /** What was asked for, word for word: tells a retry from another grant under the same reference. */
    asked: text().notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.id] }),
    uniqueIndex("entitlements_reference").on(t.communityId, t.source, t.reference),
    index("entitlements_member").on(t.communityId, t.memberId, t.product),
    foreignKey({ columns: [t.communityId, t.memberId], foreignColumns: [members.communityId, members.id] }),
    check("entitlements_end", sql`ends_at is null or ends_at > starts_at`),
    tenantPolicy("entitlements"),
  ],
);

/** The first answer to a value-moving request, kept with a hash of what was asked. */
export const idempotencyKeys = pgTable(
  "idempotency_keys",
  {
    communityId: tenantColumn(),
    memberId: uuid().notNull(),
    key: text().notNull(),
    operation: text().notNull(),
    requestHash: text().notNull(),
    /** Null only while the first request is still in its transaction. */
    response: jsonb(),
    createdAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.memberId, t.key] }),
    index("idempotency_keys_created").on(t.communityId, t.createdAt),
    tenantPolicy("idempotency_keys"),
  ],
);
