import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import type { PostKind, ThreadKind } from "../../src/kernel/domain-events.ts";
import { communities, members } from "./identity.ts";
import { instant, tenantColumn, tenantPolicy } from "./tenancy.ts";

export type SpaceKind = "course" | "topic" | "staff";
/** Who may look into a space, beside its moderators. */
export type SpaceReadAccess = "everyone" | "entitled" | "staff";
/** Which of those who may look into a space may also post there, beside its moderators. */
export type SpacePostAccess = "readers" | "entitled" | "moderators";
/** `hidden` by a moderator, `deleted` by its author. */
export type ContentState = "visible" | "hidden" | "deleted";

export const spaces = pgTable(
  "spaces",
  {
    communityId: tenantColumn().references(() => communities.id),
    id: uuid().notNull(),
    slug: text().notNull(),
    name: text().notNull(),
    kind: text().$type<SpaceKind>().notNull(),
    description: text().notNull().default(""),
    /** The functions `readable_spaces` and `space_access` read the columns from here on, and nothing else decides. */
    readAccess: text().$type<SpaceReadAccess>().notNull().default("everyone"),
    postAccess: text().$type<SpacePostAccess>().notNull().default("readers"),
    /** What one must have bought where access is `entitled`, and in which cohort; null for any. */
    product: text(),
    cohort: text(),
    /** Experience that it takes to look in, and to post; null for none. */
    readExperienceMin: integer(),
    postExperienceMin: integer(),
    /** How long a member waits between two posts here; 0 for not at all. */
    slowModeSeconds: integer().notNull().default(0),
    /** Whether members may post without their names being shown to each other. */
    anonymousPosting: boolean().notNull().default(false),
    /** Set once nobody posts any more. */
    archivedAt: instant(),
    createdAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.id] }),
    uniqueIndex("spaces_slug").on(t.communityId, t.slug),
    check("spaces_staff", sql`kind <> 'staff' or read_access = 'staff'`),
    check("spaces_product", sql`product is not null or 'entitled' not in (read_access, post_access)`),
    check("spaces_cohort", sql`cohort is null or product is not null`),
    check("spaces_slow_mode", sql`slow_mode_seconds >= 0`),
    tenantPolicy("spaces"),
  ],
);

/** Who moderates one space without moderating everywhere. */
export const spaceModerators = pgTable(
  "space_moderators",
  {
    communityId: tenantColumn(),
    spaceId: uuid().notNull(),
    memberId: uuid().notNull(),
    addedById: uuid().notNull(),
    addedAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.spaceId, t.memberId] }),
    index("space_moderators_member").on(t.communityId, t.memberId),
    foreignKey({ columns: [t.communityId, t.spaceId], foreignColumns: [spaces.communityId, spaces.id] }),
    foreignKey({ columns: [t.communityId, t.memberId], foreignColumns: [members.communityId, members.id] }),
    tenantPolicy("space_moderators"),
  ],
);

export const threads = pgTable(
  "threads",
  {
    communityId: tenantColumn(),
    id: uuid().notNull(),
    spaceId: uuid().notNull(),
    authorId: uuid().notNull(),
    kind: text().$type<ThreadKind>().notNull(),
    title: text().notNull(),
    tags: text().array().notNull(),
    state: text().$type<ContentState>().notNull(),
    createdAt: instant().notNull(),
    /** When the latest visible reply came, or the thread itself. */
    lastActivityAt: instant().notNull(),
    /** Written in the same transaction as the post it names; no foreign key, since posts point back here. */
    openingPostId: uuid().notNull(),
    /** The latest visible reply, answer or comment. */
    lastReplyId: uuid(),
    /** Visible replies, answers and comments. */
    replyCount: integer().notNull().default(0),
    /** The accepted answer, while it is visible; the acceptance itself outlives a hiding. */
    acceptedPostId: uuid(),
    /** Set while nobody but moderators may post in it. */
    lockedAt: instant(),
    /** Set while it is pinned in its space; until when, or null for until it is unpinned. */
    pinnedAt: instant(),
    pinnedUntil: instant(),
    /** How long a member waits between two posts in this thread, beside what the space asks; 0 for not at all. */
    slowModeSeconds: integer().notNull().default(0),
    /** The thread that took its posts; it is `hidden` itself from then on. */
    mergedIntoId: uuid(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.id] }),
    foreignKey({ columns: [t.communityId, t.spaceId], foreignColumns: [spaces.communityId, spaces.id] }),
    foreignKey({ columns: [t.communityId, t.authorId], foreignColumns: [members.communityId, members.id] }),
    index("threads_feed").on(t.communityId, t.lastActivityAt.desc(), t.id.desc()).where(sql`state = 'visible'`),
    index("threads_space_feed")
      .on(t.communityId, t.spaceId, t.lastActivityAt.desc(), t.id.desc())
      .where(sql`state = 'visible'`),
    index("threads_author").on(t.communityId, t.authorId, t.createdAt),
    index("threads_pinned").on(t.communityId, t.spaceId, t.pinnedAt).where(sql`pinned_at is not null`),
    check("threads_slow_mode", sql`slow_mode_seconds >= 0`),
    tenantPolicy("threads"),
  ],
);

export const posts = pgTable(
  "posts",
  {
    communityId: tenantColumn(),
    id: uuid().notNull(),
    threadId: uuid().notNull(),
    authorId: uuid().notNull(),
    kind: text().$type<PostKind>().notNull(),
    /** The post this one comments on; null for openings, and for replies and answers to the thread itself. */
    parentId: uuid(),
    bodyMarkdown: text().notNull(),
    /** Rendered and sanitised once, when written. */
    bodyHtml: text().notNull(),
    revision: integer().notNull(),
    state: text().$type<ContentState>().notNull(),
    /** How often `state` changed: orders what is told of it, which clocks of several servers cannot. */
    stateVersion: integer().notNull().default(0),
    score: integer().notNull().default(0),
    createdAt: instant().notNull(),
    editedAt: instant(),
    /** Who deleted it and when, while it is deleted: authors take back their own deletions only, and for a time. */
    deletedAt: instant(),
    deletedById: uuid(),
    /** For a post without its author's name: the number by which peers know the author in this thread. */
    anonymousNumber: smallint(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.id] }),
    foreignKey({ columns: [t.communityId, t.threadId], foreignColumns: [threads.communityId, threads.id] }),
    foreignKey({ columns: [t.communityId, t.authorId], foreignColumns: [members.communityId, members.id] }),
    index("posts_thread").on(t.communityId, t.threadId, t.createdAt, t.id),
    index("posts_author").on(t.communityId, t.authorId, t.createdAt),
    index("posts_parent").on(t.communityId, t.parentId, t.createdAt, t.id).where(sql`parent_id is not null`),
    index("posts_anonymous").on(t.communityId, t.threadId, t.authorId).where(sql`anonymous_number is not null`),
    tenantPolicy("posts"),
  ],
);

/** What a post said before each edit, and who changed it. */
export const postRevisions = pgTable(
  "post_revisions",
  {
    communityId: tenantColumn(),
    postId: uuid().notNull(),
    revision: integer().notNull(),
    bodyMarkdown: text().notNull(),
    editorId: uuid().notNull(),
    /** Why a moderator changed what somebody else had written; null for authors. */
    reason: text(),
    createdAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.postId, t.revision] }),
    foreignKey({ columns: [t.communityId, t.postId], foreignColumns: [posts.communityId, posts.id] }),
    tenantPolicy("post_revisions"),
  ],
);

export const votes = pgTable(
  "votes",
  {
    communityId: tenantColumn(),
    postId: uuid().notNull(),
    memberId: uuid().notNull(),
    /** A new one each time a vote is cast: what the points it earned are keyed on. */
    id: uuid().notNull(),
    value: smallint().$type<1 | -1>().notNull(),
    castAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.postId, t.memberId] }),
    foreignKey({ columns: [t.communityId, t.postId], foreignColumns: [posts.communityId, posts.id] }),
    foreignKey({ columns: [t.communityId, t.memberId], foreignColumns: [members.communityId, members.id] }),
    check("votes_value", sql`value in (-1, 1)`),
    tenantPolicy("votes"),
  ],
);

/** Votes of an imported community that does not say who cast them. They count, but belong to nobody. */
export const anonymousVotes = pgTable(
  "anonymous_votes",
  {
    communityId: tenantColumn(),
    id: uuid().notNull(),
    postId: uuid().notNull(),
    value: smallint().$type<1 | -1>().notNull(),
    castAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.id] }),
    index("anonymous_votes_post").on(t.communityId, t.postId),
    foreignKey({ columns: [t.communityId, t.postId], foreignColumns: [posts.communityId, posts.id] }),
    check("anonymous_votes_value", sql`value in (-1, 1)`),
    tenantPolicy("anonymous_votes"),
  ],
);

/** Accepted answers; one a question for now, so the thread is the key. */
export const acceptances = pgTable(
  "acceptances",
  {
    communityId: tenantColumn(),
    threadId: uuid().notNull(),
    id: uuid().notNull(),
    postId: uuid().notNull(),
    acceptedById: uuid().notNull(),
    acceptedAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.threadId] }),
    foreignKey({ columns: [t.communityId, t.threadId], foreignColumns: [threads.communityId, threads.id] }),
    foreignKey({ columns: [t.communityId, t.postId], foreignColumns: [posts.communityId, posts.id] }),
    tenantPolicy("acceptances"),
  ],
);
