import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  date,
  doublePrecision,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { members } from "./identity.ts";
import { instant, tenantColumn, tenantPolicy } from "./tenancy.ts";

export type NudgeAction = "nothing" | "nudge" | "grant-points" | "grant-coupon";
export type DeliveryChannel = "in-app" | "email";
export type DeliveryState = "claimed" | "sent" | "failed" | "skipped";
export type GrantKind = "points" | "coupon";
export type PolicyState = "draft" | "published" | "retired";

/** What may be done to whom, how often and for how much; a published version is never changed. */
export const nudgePolicies = pgTable(
  "nudge_policies",
  {
    communityId: tenantColumn(),
    version: integer().notNull(),
    state: text().$type<PolicyState>().notNull(),
    settings: jsonb().notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.version] }),
    uniqueIndex("nudge_policies_published").on(t.communityId).where(sql`state = 'published'`),
    tenantPolicy("nudge_policies"),
  ],
);

/** What a policy may spend in a month, in coins-equivalent cost units; `spent` moves in the decision's transaction. */
export const nudgeBudgets = pgTable(
  "nudge_budgets",
  {
    communityId: tenantColumn(),
    /** `YYYY-MM`. */
    month: text().notNull(),
    allowed: integer().notNull(),
    spent: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.month] }),
    check("nudge_budgets_spent", sql`spent >= 0 and spent <= allowed`),
    tenantPolicy("nudge_budgets"),
  ],
);

/** One decision a member and day: the choice, the alternatives with their propensities, and what was left out and why. */
export const nudgeDecisions = pgTable(
  "nudge_decisions",
  {
    communityId: tenantColumn(),
    id: uuid().notNull(),
    memberId: uuid().notNull(),
    asOf: date().notNull(),
    policyVersion: integer().notNull(),
    modelVersion: integer().notNull(),
    probability: doublePrecision().notNull(),
    holdout: boolean().notNull(),
    action: text().$type<NudgeAction>().notNull(),
    cost: integer().notNull(),
    /** `[{ action, propensity }]`, summing to 1 over what was possible. */
    actionSet: jsonb().notNull(),
    /** `[{ action, reason }]`: capped, quiet-hours, holdout, no-consent, no-budget, low-risk. */
    leftOut: jsonb().notNull(),
    decidedAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.id] }),
    uniqueIndex("nudge_decisions_once").on(t.communityId, t.memberId, t.asOf),
    index("nudge_decisions_at").on(t.communityId, t.decidedAt),
    foreignKey({ columns: [t.communityId, t.memberId], foreignColumns: [members.communityId, members.id] }),
    tenantPolicy("nudge_decisions"),
  ],
);

/** An effect: claimed under a unique key first, acted once. */
export const nudgeDeliveries = pgTable(
  "nudge_deliveries",
  {
    communityId: tenantColumn(),
    id: uuid().notNull(),
    decisionId: uuid().notNull(),
    memberId: uuid().notNull(),
    channel: text().$type<DeliveryChannel>().notNull(),
    state: text().$type<DeliveryState>().notNull(),
    reason: text(),
    claimedAt: instant().notNull(),
    settledAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.id] }),
    uniqueIndex("nudge_deliveries_once").on(t.communityId, t.decisionId, t.channel),
    index("nudge_deliveries_member").on(t.communityId, t.memberId, t.claimedAt),
    foreignKey({
      columns: [t.communityId, t.decisionId],
      foreignColumns: [nudgeDecisions.communityId, nudgeDecisions.id],
    }),
    tenantPolicy("nudge_deliveries"),
  ],
);

export const incentiveGrants = pgTable(
  "incentive_grants",
  {
    communityId: tenantColumn(),
    id: uuid().notNull(),
    decisionId: uuid().notNull(),
    memberId: uuid().notNull(),
    kind: text().$type<GrantKind>().notNull(),
    /** The ledger entry or coupon code that was given. */
    referenceId: uuid().notNull(),
    cost: integer().notNull(),
    grantedAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.id] }),
    uniqueIndex("incentive_grants_once").on(t.communityId, t.decisionId),
    foreignKey({
      columns: [t.communityId, t.decisionId],
      foreignColumns: [nudgeDecisions.communityId, nudgeDecisions.id],
    }),
    tenantPolicy("incentive_grants"),
  ],
);

/** Whether the member was active in the window after the decision: the label of every later question. */
export const nudgeOutcomes = pgTable(
  "nudge_outcomes",
  {
    communityId: tenantColumn(),
    decisionId: uuid().notNull(),
    memberId: uuid().notNull(),
    windowEnd: date().notNull(),
    retained: boolean().notNull(),
    activeDays: integer().notNull(),
    recordedAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.decisionId] }),
    foreignKey({
      columns: [t.communityId, t.decisionId],
      foreignColumns: [nudgeDecisions.communityId, nudgeDecisions.id],
    }),
    tenantPolicy("nudge_outcomes"),
  ],
);

/** The in-app inbox. */
export const notifications = pgTable(
  "notifications",
  {
    communityId: tenantColumn(),
    id: uuid().notNull(),
    memberId: uuid().notNull(),
    kind: text().notNull(),
    /** What the message says, already in the member's language. */
    title: text().notNull(),
    body: text().notNull(),
    /** Makes the same notice arrive once. */
    sourceKey: text().notNull(),
    createdAt: instant().notNull(),
    readAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.id] }),
    uniqueIndex("notifications_once").on(t.communityId, t.sourceKey),
    index("notifications_inbox").on(t.communityId, t.memberId, t.createdAt.desc(), t.id.desc()),
    foreignKey({ columns: [t.communityId, t.memberId], foreignColumns: [members.communityId, members.id] }),
    tenantPolicy("notifications"),
  ],
);
