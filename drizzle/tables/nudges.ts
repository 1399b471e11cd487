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
/** `queued`: certainly not sent, and due. `claimed`: somebody is sending it. The others are final. */
export type DeliveryState = "queued" | "claimed" | "sent" | "failed" | "skipped";
export type GrantKind = "points" | "coupon";
/** `promised`: decided and not given yet. The others are final. */
export type GrantState = "promised" | "given" | "withdrawn";
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
    /** What of it came back, because what it was spent on could not be given; moves in the withdrawal's transaction. */
    returned: integer().notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.month] }),
    check("nudge_budgets_spent", sql`returned >= 0 and returned <= spent and spent - returned <= allowed`),
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
    /** `[{ action, reason }]`: what was not on the table and why; the reasons are in `src/nudges/decision-rules.ts`. */
    leftOut: jsonb().notNull(),
    decidedAt: instant().notNull(),
    /** What became of what was to be given; null when nothing was. */
    grantState: text().$type<GrantState>(),
    /** Why it was withdrawn, and before that why it could not be given so far; the reasons are in `src/nudges/grant-rules.ts`. */
    grantReason: text(),
    withdrawnAt: instant(),
    /** When what became of it was recorded; null until then. */
    outcomeRecordedAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.id] }),
    uniqueIndex("nudge_decisions_once").on(t.communityId, t.memberId, t.asOf),
    index("nudge_decisions_at").on(t.communityId, t.decidedAt),
    // Most decisions are to do nothing: what is left to deliver and to grant is found among the others.
    index("nudge_decisions_acted").on(t.communityId, t.id).where(sql`action <> 'nothing'`),
    // What is still to be given, or to be withdrawn once it is overdue.
    index("nudge_decisions_promised").on(t.communityId, t.id).where(sql`grant_state = 'promised'`),
    // Decisions pile up for ever, and those whose outcome is still to come do not.
    index("nudge_decisions_open").on(t.communityId, t.policyVersion, t.asOf).where(sql`outcome_recorded_at is null`),
    foreignKey({ columns: [t.communityId, t.memberId], foreignColumns: [members.communityId, members.id] }),
    tenantPolicy("nudge_decisions"),
  ],
);

/** An effect: queued under a unique key first, claimed by whoever sends it, acted once. */
export const nudgeDeliveries = pgTable(
  "nudge_deliveries",
  {
    communityId: tenantColumn(),
    id: uuid().notNull(),
    decisionId: uuid().notNull(),
    memberId: uuid().notNull(),
    channel: text().$type<DeliveryChannel>().notNull(),
    state: text().$type<DeliveryState>().notNull(),
    /** Why it ended or was put back; a word or an SMTP status, never the server's sentence, which quotes addresses. */
    reason: text(),
    /** When it was queued, and from then on when it was last tried. */
    claimedAt: instant().notNull(),
    settledAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.id] }),
    uniqueIndex("nudge_deliveries_once").on(t.communityId, t.decisionId, t.channel),
    index("nudge_deliveries_member").on(t.communityId, t.memberId, t.claimedAt),
    index("nudge_deliveries_open").on(t.communityId, t.id).where(sql`state in ('queued', 'claimed')`),
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
