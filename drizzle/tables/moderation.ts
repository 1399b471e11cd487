import { foreignKey, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { members } from "./identity.ts";
import { instant, tenantColumn, tenantPolicy } from "./tenancy.ts";

export type ReportReason = "spam" | "abuse" | "off-topic" | "other";
export type ReportState = "open" | "upheld" | "dismissed";
export type ModerationActionKind =
  | "post.hidden"
  | "post.restored"
  | "post.removed"
  | "post.amended"
  | "report.dismissed"
  | "thread.locked"
  | "thread.unlocked"
  | "thread.pinned"
  | "thread.unpinned"
  | "thread.slowed"
  | "thread.moved"
  | "thread.merged"
  | "thread.split";

export const reports = pgTable(
  "reports",
  {
    communityId: tenantColumn(),
    id: uuid().notNull(),
    postId: uuid().notNull(),
    reporterId: uuid().notNull(),
    reason: text().$type<ReportReason>().notNull(),
    details: text().notNull(),
    /** The revision the reporter saw. */
    revision: integer().notNull(),
    state: text().$type<ReportState>().notNull(),
    createdAt: instant().notNull(),
    resolvedAt: instant(),
    resolvedById: uuid(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.id] }),
    uniqueIndex("reports_once").on(t.communityId, t.postId, t.reporterId),
    index("reports_queue").on(t.communityId, t.state, t.createdAt, t.id),
    foreignKey({ columns: [t.communityId, t.reporterId], foreignColumns: [members.communityId, members.id] }),
    tenantPolicy("reports"),
  ],
);

/** The audit log: append-only (the application's role may not update or delete). */
export const moderationActions = pgTable(
  "moderation_actions",
  {
    communityId: tenantColumn(),
    id: uuid().notNull(),
    moderatorId: uuid().notNull(),
    action: text().$type<ModerationActionKind>().notNull(),
    postId: uuid().notNull(),
    /** The revision the moderator saw and decided on. */
    revision: integer().notNull(),
    reason: text().notNull(),
    /** What else it takes to tell what was done: from where to where, until when. Ids, times and numbers only. */
    details: jsonb().$type<Readonly<Record<string, unknown>>>().notNull().default({}),
    createdAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.id] }),
    index("moderation_actions_post").on(t.communityId, t.postId, t.createdAt),
    foreignKey({ columns: [t.communityId, t.moderatorId], foreignColumns: [members.communityId, members.id] }),
    tenantPolicy("moderation_actions"),
  ],
);
