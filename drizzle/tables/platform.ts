import { sql } from "drizzle-orm";
import { bigint, index, integer, jsonb, pgTable, primaryKey, text, uuid, varchar } from "drizzle-orm/pg-core";
import { instant } from "./tenancy.ts";

/**
 * Domain events until every subscriber has had them. Written by tenants' transactions, drained across communities: a queue that
 * loses what it took is given it again.
 */
export const outbox = pgTable(
  "outbox",
  {
    id: uuid().primaryKey(),
    communityId: uuid().notNull(),
    payload: jsonb().notNull(),
    occurredAt: instant().notNull(),
    /** When a queue took it; null while it waits for the relay. */
    relayedAt: instant(),
  },
  (t) => [
    index("outbox_waiting").on(t.id).where(sql`relayed_at is null`),
    index("outbox_relayed").on(t.relayedAt).where(sql`relayed_at is not null`),
  ],
);

/** Which consumer has had which message: inserted in the transaction of its effects. */
export const processedMessages = pgTable(
  "processed_messages",
  { consumer: text().notNull(), messageId: text().notNull(), processedAt: instant().notNull() },
  (t) => [primaryKey({ columns: [t.consumer, t.messageId] }), index("processed_messages_at").on(t.processedAt)],
);

/** What could not be taken in or carried out, kept whole so that it can be mended and replayed. */
export const deadLetters = pgTable(
  "dead_letters",
  {
    id: uuid().primaryKey(),
    communityId: uuid(),
    source: text().notNull(),
    reference: text().notNull(),
    payload: jsonb().notNull(),
    error: text().notNull(),
    failedAt: instant().notNull(),
    replayedAt: instant(),
  },
  (t) => [
    index("dead_letters_open").on(t.source, t.failedAt),
    index("dead_letters_settled").on(t.replayedAt).where(sql`replayed_at is not null`),
  ],
);

/** How far a stage has read, stored in the transaction of what it derived. */
export const watermarks = pgTable(
  "watermarks",
  { communityId: uuid().notNull(), stage: text().notNull(), value: text().notNull(), movedAt: instant().notNull() },
  (t) => [primaryKey({ columns: [t.communityId, t.stage] })],
);

export type PipelineRunState = "running" | "succeeded" | "failed";

/** One run of one stage for one community: what the API and the command line show. */
export const pipelineRuns = pgTable(
  "pipeline_runs",
  {
    communityId: uuid().notNull(),
    id: uuid().notNull(),
    stage: text().notNull(),
    asOf: instant().notNull(),
    state: text().$type<PipelineRunState>().notNull(),
    rows: integer(),
    summary: text(),
    error: text(),
    startedAt: instant().notNull(),
    finishedAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.id] }),
    index("pipeline_runs_stage").on(t.communityId, t.stage, t.startedAt),
  ],
);

/** Import runs with what is needed to resume them. */
export const importRuns = pgTable(
  "import_runs",
  {
    communityId: uuid().notNull(),
    id: uuid().notNull(),
    source: text().notNull(),
    fingerprint: text().notNull(),
    progress: jsonb().notNull(),
    startedAt: instant().notNull(),
    finishedAt: instant(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.id] }),
    index("import_runs_fingerprint").on(t.communityId, t.fingerprint),
  ],
);

/** Counters of the rate limiter where there is no Redis (rate-limiter-flexible's own layout). */
export const rateLimits = pgTable("rate_limits", {
  key: varchar({ length: 255 }).primaryKey(),
  points: integer().notNull(),
  expire: bigint({ mode: "number" }),
});
