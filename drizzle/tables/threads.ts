import { sql } from "drizzle-orm";
import {
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
import type { ThreadKind } from "../../src/kernel/domain-events.ts";
import { posts, threads } from "./community.ts";
import { members } from "./identity.ts";
import { instant, tenantColumn, tenantPolicy } from "./tenancy.ts";

export type PollChoice = "single" | "multiple";
/** From when on a member sees how a poll stands: at once, once they have voted, or once it is closed. */
export type PollResults = "always" | "voted" | "closed";
/** Where a draft will go: a new thread of a space, a new post of a thread, or a new text for a post. */
export type DraftPlaceKind = "thread" | "post" | "edit";

/** What a thread of the kind `poll` asks. */
export const polls = pgTable(
  "polls",
  {
    communityId: tenantColumn(),
    threadId: uuid().notNull(),
    choice: text().$type<PollChoice>().notNull(),
    results: text().$type<PollResults>().notNull(),
    /** From then on no ballot changes; null for never. */
    closesAt: instant(),
    /** Members who have voted. */
    ballotCount: integer().notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.threadId] }),
    foreignKey({ columns: [t.communityId, t.threadId], foreignColumns: [threads.communityId, threads.id] }),
    check("polls_ballots", sql`ballot_count >= 0`),
    tenantPolicy("polls"),
  ],
);

export const pollOptions = pgTable(
  "poll_options",
  {
    communityId: tenantColumn(),
    threadId: uuid().notNull(),
    /** From 1, in the order that the author gave them. */
    position: smallint().notNull(),
    text: text().notNull(),
    /** Ballots that name it. */
    voteCount: integer().notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.threadId, t.position] }),
    foreignKey({ columns: [t.communityId, t.threadId], foreignColumns: [polls.communityId, polls.threadId] }),
    check("poll_options_votes", sql`vote_count >= 0`),
    tenantPolicy("poll_options"),
  ],
);

/** One a member and poll; secret, so nothing lists them. */
export const pollBallots = pgTable(
  "poll_ballots",
  {
    communityId: tenantColumn(),
    threadId: uuid().notNull(),
    memberId: uuid().notNull(),
    /** The positions of the options chosen, ascending. */
    positions: smallint().array().notNull(),
    castAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.threadId, t.memberId] }),
    foreignKey({ columns: [t.communityId, t.threadId], foreignColumns: [polls.communityId, polls.threadId] }),
    foreignKey({ columns: [t.communityId, t.memberId], foreignColumns: [members.communityId, members.id] }),
    check("poll_ballots_positions", sql`cardinality(positions) > 0`),
    tenantPolicy("poll_ballots"),
  ],
);

/** What a member has begun to write, one a place, until they post it or it is too old. */
export const drafts = pgTable(
  "drafts",
  {
    communityId: tenantColumn(),
    id: uuid().notNull(),
    memberId: uuid().notNull(),
    placeKind: text().$type<DraftPlaceKind>().notNull(),
    /** The space, the thread or the post of the place. */
    placeId: uuid().notNull(),
    /** As it stands in the form: nothing of it is checked but its size, since it is not finished. */
    threadKind: text().$type<ThreadKind>(),
    title: text().notNull(),
    body: text().notNull(),
    tags: text().array().notNull(),
    /** The post that a reply will hang on. */
    parentId: uuid(),
    revision: integer().notNull(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.id] }),
    uniqueIndex("drafts_place").on(t.communityId, t.memberId, t.placeKind, t.placeId),
    index("drafts_member").on(t.communityId, t.memberId, t.updatedAt, t.id),
    index("drafts_age").on(t.communityId, t.updatedAt),
    foreignKey({ columns: [t.communityId, t.memberId], foreignColumns: [members.communityId, members.id] }),
    tenantPolicy("drafts"),
  ],
);

/** Whom the text of a post that stands names. */
export const postMentions = pgTable(
  "post_mentions",
  {
    communityId: tenantColumn(),
    postId: uuid().notNull(),
    memberId: uuid().notNull(),
    mentionedAt: instant().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.communityId, t.postId, t.memberId] }),
    index("post_mentions_member").on(t.communityId, t.memberId, t.mentionedAt, t.postId),
    foreignKey({ columns: [t.communityId, t.postId], foreignColumns: [posts.communityId, posts.id] }),
    foreignKey({ columns: [t.communityId, t.memberId], foreignColumns: [members.communityId, members.id] }),
    tenantPolicy("post_mentions"),
  ],
);
