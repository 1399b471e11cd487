import { sql } from "drizzle-orm";
import {
  customType,
  date,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
} from "drizzle-orm/pg-core";
import { instant, tenantColumn, tenantPolicy } from "./tenancy.ts";

/** A full transaction id: what "events read once" compares with the oldest transaction still running. */
const xid8 = customType<{ data: string }>({ dataType: () => "xid8" });

/** What members did, append-only. The client's message id makes a retry harmless. */
export const events = pgTable(
  "events",
  {
    communityId: tenantColumn(),
    messageId: text().notNull(),
    /** Null until an anonymous visitor is identified. */
    memberId: uuid(),
    anonymousId: text(),
    kind: text().notNull(),
    properties: jsonb().notNull(),
    occurredAt: instant().notNull(),
    receivedAt: instant().notNull(),
    transactionId: xid8().notNull().default(sql`pg_current_xact_id()`),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.messageId] }),
    index("events_occurred").using("brin", t.occurredAt),
    index("events_transaction").on(t.communityId, t.transactionId),
    index("events_unowned").on(t.communityId, t.anonymousId).where(sql`member_id is null`),
    tenantPolicy("events"),
  ],
);

/** How often a member did a kind of thing on a day of theirs: everything derived starts here. */
export const memberDays = pgTable(
  "member_days",
  {
    communityId: tenantColumn(),
    memberId: uuid().notNull(),
    day: date().notNull(),
    kind: text().notNull(),
    count: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.memberId, t.day, t.kind] }),
    index("member_days_day").on(t.communityId, t.day),
    tenantPolicy("member_days"),
  ],
);

/** Feature vectors as they were known at `asOf`, in the order of the catalogue of `catalogueVersion`. */
export const featureSnapshots = pgTable(
  "feature_snapshots",
  {
    communityId: tenantColumn(),
    asOf: date().notNull(),
    memberId: uuid().notNull(),
    catalogueVersion: integer().notNull(),
    values: doublePrecision().array().notNull(),
  },
  (t) => [primaryKey({ columns: [t.communityId, t.asOf, t.memberId] }), tenantPolicy("feature_snapshots")],
);

export type ModelState = "candidate" | "champion" | "retired";

export const churnModels = pgTable(
  "churn_models",
  {
    communityId: tenantColumn(),
    version: integer().notNull(),
    state: text().$type<ModelState>().notNull(),
    learner: text().notNull(),
    /** The fitted model, its preparation and its features, as plain JSON. */
    artefact: jsonb().notNull(),
    /** How it did on the part of time it had not seen. */
    evaluation: jsonb().notNull(),
    trainedThrough: date().notNull(),
    createdAt: instant().notNull(),
  },
  (t) => [primaryKey({ columns: [t.communityId, t.version] }), tenantPolicy("churn_models")],
);

export const churnScores = pgTable(
  "churn_scores",
  {
    communityId: tenantColumn(),
    asOf: date().notNull(),
    memberId: uuid().notNull(),
    modelVersion: integer().notNull(),
    probability: doublePrecision().notNull(),
    scoredAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.asOf, t.memberId] }),
    index("churn_scores_member").on(t.communityId, t.memberId, t.asOf.desc()),
    tenantPolicy("churn_scores"),
  ],
);
