import type { Day } from "../kernel/calendar.ts";
import type { Instant } from "../kernel/instant.ts";
import { malformed, notImported } from "./row-batches.ts";
import {
  BADGE_CLASSES,
  type BadgeClass,
  OTHER_POST_TYPES,
  POST_HISTORY_TYPES,
  type PostHistoryType,
  VOTE_TYPES,
  type VoteType,
} from "./stackexchange-catalogue.ts";
import type { DumpPart } from "./stackexchange-dump.ts";
import type { Attributes } from "./xml-rows.ts";

/**
 * Ids are the site's own; -1 is its housekeeping account. Of the profile only the name is read, which attribution
 * needs.
 */
export interface UserRow {
  readonly kind: "user";
  readonly id: number;
  readonly createdAt: Instant;
  readonly lastSeenAt: Instant | null;
  readonly displayName: string;
  readonly reputation: number;
}

/** Who did it: an account, or, once that was deleted, at most the name it had. */
interface Authored {
  readonly userId: number | null;
  readonly userName: string | null;
}

interface PostFields extends Authored {
  readonly id: number;
  readonly createdAt: Instant;
  readonly editedAt: Instant | null;
  readonly score: number;
  readonly bodyHtml: string;
}

export interface QuestionRow extends PostFields {
  readonly kind: "question";
  readonly title: string;
  readonly tags: readonly string[];
  /** May name an answer that was deleted since, and is then not in the dump. */
  readonly acceptedAnswerId: number | null;
  readonly viewCount: number;
  readonly closedAt: Instant | null;
}

export interface AnswerRow extends PostFields {
  readonly kind: "answer";
  readonly questionId: number;
}

/** On a question or an answer; some hang on posts that the dump leaves out. */
export interface CommentRow extends Authored {
  readonly kind: "comment";
  readonly id: number;
  readonly postId: number;
  readonly createdAt: Instant;
  readonly score: number;
  readonly text: string;
}

/** The dump gives votes no time of day, and no voter except for bounties and favourites. */
export interface VoteRow {
  readonly kind: "vote";
  readonly id: number;
  readonly postId: number;
  readonly type: VoteType;
  readonly day: Day;
  readonly userId: number | null;
  readonly bountyAmount: number | null;
}

export interface BadgeRow {
  readonly kind: "badge";
  readonly id: number;
  readonly userId: number;
  readonly name: string;
  readonly awardedAt: Instant;
  readonly class: BadgeClass | null;
  readonly tagBased: boolean;
}

/** One step in a post's history; steps of one edit share a `revisionId`. */
export interface PostHistoryRow extends Authored {
  readonly kind: "post-history";
  readonly id: number;
  readonly postId: number;
  readonly type: PostHistoryType;
  readonly revisionId: string;
  readonly occurredAt: Instant;
  readonly text: string | null;
  readonly comment: string | null;
}

export interface DumpRows {
  users: UserRow;
  posts: QuestionRow | AnswerRow;
  comments: CommentRow;
  votes: VoteRow;
  badges: BadgeRow;
  "post-history": PostHistoryRow;
}

/**
 * How a row of each part is understood. Each throws `LeftOut` for a row that is not imported or lacks what it must
 * have.
 */
export const ROW_RULES: { [Part in DumpPart]: (attributes: Attributes) => DumpRows[Part] } = {
  users: readUser,
  posts: readPost,
  comments: readComment,
  votes: readVote,
  badges: readBadge,
  "post-history": readPostHistory,
};

function readUser(row: Attributes): UserRow {
  const id = integer(row, "Id");
  return {
    kind: "user",
    id,
    createdAt: instant(row, "CreationDate"),
    lastSeenAt: optional(instant, row, "LastAccessDate"),
    displayName: row.get("DisplayName") || `user${id}`,
    reputation: optional(integer, row, "Reputation") ?? 0,
  };
}

function readPost(row: Attributes): QuestionRow | AnswerRow {
  const type = integer(row, "PostTypeId");
  if (type !== 1 && type !== 2) throw notImported(`post type ${type}, ${OTHER_POST_TYPES[type] ?? "unknown"}`);
  const fields: PostFields = {
    id: integer(row, "Id"),
    createdAt: instant(row, "CreationDate"),
    editedAt: optional(instant, row, "LastEditDate"),
    score: optional(integer, row, "Score") ?? 0,
    bodyHtml: text(row, "Body"),
    userId: optional(integer, row, "OwnerUserId"),
    userName: row.get("OwnerDisplayName") ?? null,
  };
  if (type === 2) return { kind: "answer", ...fields, questionId: integer(row, "ParentId") };
  return {
    kind: "question",
    ...fields,
    title: text(row, "Title"),
    tags: row.get("Tags")?.match(/[^<>|]+/g) ?? [],
    acceptedAnswerId: optional(integer, row, "AcceptedAnswerId"),
    viewCount: optional(integer, row, "ViewCount") ?? 0,
    closedAt: optional(instant, row, "ClosedDate"),
  };
}

function readComment(row: Attributes): CommentRow {
  return {
    kind: "comment",
    id: integer(row, "Id"),
    postId: integer(row, "PostId"),
    createdAt: instant(row, "CreationDate"),
    score: optional(integer, row, "Score") ?? 0,
    text: text(row, "Text"),
    userId: optional(integer, row, "UserId"),
    userName: row.get("UserDisplayName") ?? null,
  };
}

function readVote(row: Attributes): VoteRow {
  const type = integer(row, "VoteTypeId");
  if (!isKeyOf(VOTE_TYPES, type)) throw notImported(`vote type ${type}, unknown`);
  return {
    kind: "vote",
    id: integer(row, "Id"),
    postId: integer(row, "PostId"),
    type: VOTE_TYPES[type],
    day: instant(row, "CreationDate").toISOString().slice(0, 10),
    userId: optional(integer, row, "UserId"),
    bountyAmount: optional(integer, row, "BountyAmount"),
  };
}

function readBadge(row: Attributes): BadgeRow {
  return {
    kind: "badge",
    id: integer(row, "Id"),
    userId: integer(row, "UserId"),
    name: text(row, "Name"),
    awardedAt: instant(row, "Date"),
    class: optional(badgeClass, row, "Class"),
    tagBased: row.get("TagBased")?.toLowerCase() === "true",
  };
}

function badgeClass(row: Attributes, name: string): BadgeClass {
  const value = integer(row, name);
  if (!isKeyOf(BADGE_CLASSES, value)) throw malformed(`${name} is not 1, 2 or 3`);
  return BADGE_CLASSES[value];
}

function readPostHistory(row: Attributes): PostHistoryRow {
  const type = integer(row, "PostHistoryTypeId");
  if (!isKeyOf(POST_HISTORY_TYPES, type)) throw notImported(`post history type ${type}, unknown`);
  return {
    kind: "post-history",
    id: integer(row, "Id"),
    postId: integer(row, "PostId"),
    type: POST_HISTORY_TYPES[type],
    revisionId: text(row, "RevisionGUID"),
    occurredAt: instant(row, "CreationDate"),
    userId: optional(integer, row, "UserId"),
    userName: row.get("UserDisplayName") ?? null,
    text: row.get("Text") ?? null,
    comment: row.get("Comment") ?? null,
  };
}

function isKeyOf<Table extends object>(table: Table, key: PropertyKey): key is keyof Table {
  return Object.hasOwn(table, key);
}

function text(row: Attributes, name: string): string {
  const value = row.get(name);
  if (value === undefined) throw malformed(`has no ${name}`);
  return value;
}

function integer(row: Attributes, name: string): number {
  const value = text(row, name);
  if (!/^-?\d{1,15}$/.test(value)) throw malformed(`${name} is not a whole number`);
  return Number(value);
}

/** Dumps write UTC without saying so: `2016-08-02T15:39:14.947`. */
function instant(row: Attributes, name: string): Instant {
  const value = text(row, name);
  if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,7})?$/.test(value)) {
    const time = new Date(`${value}Z`);
    // The second check refuses 30 February, which Date moves to March.
    if (time.getTime() >= 0 && time.getUTCDate() === Number(value.slice(8, 10))) return time;
  }
  throw malformed(`${name} is not a time such as 2016-08-02T15:39:14.947`);
}

function optional<Value>(read: (row: Attributes, name: string) => Value, row: Attributes, name: string): Value | null {
  return row.get(name) ? read(row, name) : null;
}
