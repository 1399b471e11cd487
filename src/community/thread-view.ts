import type { ContentState, SpaceKind } from "../../drizzle/tables/community.ts";
import type { MemberRole } from "../../drizzle/tables/identity.ts";
import { moderatesSpace } from "../content/space-access.ts";
import type { PostKind, ThreadKind } from "../kernel/domain-events.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";

/** A member as shown beside what they wrote. */
export interface Author {
  readonly id: Id;
  readonly displayName: string;
  readonly role: MemberRole;
  readonly joinedAt: Instant;
  readonly experience: number;
}

/** A thread as lists and pages show it, whole: whoever holds one needs to look nothing else up. */
export interface ThreadView {
  readonly id: Id;
  readonly space: { readonly id: Id; readonly slug: string; readonly name: string; readonly kind: SpaceKind };
  /** Null where the viewer may not know who it was. */
  readonly author: Author | null;
  /** By which number the author goes in the thread, if without a name. */
  readonly anonymousNumber: number | null;
  readonly kind: ThreadKind;
  readonly title: string;
  readonly tags: readonly string[];
  readonly state: ContentState;
  readonly createdAt: Instant;
  readonly lastActivityAt: Instant;
  readonly openingPostId: Id;
  /** The opening post's. */
  readonly score: number;
  /** The viewer's vote on the opening post. */
  readonly myVote: 1 | -1 | null;
  readonly replyCount: number;
  readonly lastReply: ReplySummary | null;
  readonly acceptedPostId: Id | null;
  readonly locked: boolean;
  readonly pinned: boolean;
  /** Until when it is pinned; null for no end. */
  readonly pinnedUntil: Instant | null;
  readonly slowModeSeconds: number;
}

export interface ReplySummary {
  readonly id: Id;
  readonly kind: PostKind;
  readonly createdAt: Instant;
  readonly author: Author | null;
  readonly anonymousNumber: number | null;
}

/** All columns of `threads t`, and those of their space `s` that are shown with them. */
export const THREAD_COLUMNS = "t.*, s.slug as space_slug, s.name as space_name, s.kind as space_kind";

/**
 * Whether the viewer may not know who wrote the post that `alias` names, in a thread `t`: authors know, and who moderates the space.
 * Nothing else decides it. $1 to $4 are `viewerValues`.
 */
export const authorHidden = (alias: string) =>
  `(${alias}.anonymous_number is not null and ${alias}.author_id <> $2 and not ${moderatesSpace("t.space_id")})`;

/** Times travel as milliseconds: node-postgres takes longer to read 60 timestamps than PostgreSQL to find the rows. */
const ms = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;

/**
 * Completes threads in one look-ahead join. `threads` is a subquery of the rows that the viewer may see, with
 * {@link THREAD_COLUMNS}; $1 to $4 are `viewerValues`.
 */
export const selectThreadViews = (threads: string) => `
  select t.id, t.kind, t.title, t.state, t.space_id, t.space_slug, t.space_name, t.space_kind,
         array_to_string(t.tags, ',') as tags, ${ms("t.created_at")} as created_at,
         ${ms("t.last_activity_at")} as last_activity_at, t.opening_post_id, t.reply_count, t.accepted_post_id,
         t.locked_at is not null as locked, t.pinned_at is not null and (t.pinned_until is null or t.pinned_until > $4) as pinned,
         ${ms("t.pinned_until")} as pinned_until, t.slow_mode_seconds,
         o.anonymous_number, ${authorHidden("o")} as author_hidden,
         r.anonymous_number as replier_anonymous_number, ${authorHidden("r")} as replier_hidden,
         o.score, v.value as my_vote,
         t.author_id, a.display_name as author_name, a.role as author_role,
         ${ms("a.joined_at")} as author_joined_at, ab.experience::float8 as author_experience,
         r.id as reply_id, r.kind as reply_kind, ${ms("r.created_at")} as reply_at,
         r.author_id as replier_id, ra.display_name as replier_name, ra.role as replier_role,
         ${ms("ra.joined_at")} as replier_joined_at, rb.experience::float8 as replier_experience
  from (${threads}) t
  join members a on a.community_id = $1 and a.id = t.author_id
  left join point_balances ab on ab.community_id = $1 and ab.member_id = t.author_id
  join posts o on o.community_id = $1 and o.id = t.opening_post_id
  left join votes v on v.community_id = $1 and v.post_id = t.opening_post_id and v.member_id = $2
  left join posts r on r.community_id = $1 and r.id = t.last_reply_id
  left join members ra on ra.community_id = $1 and ra.id = r.author_id
  left join point_balances rb on rb.community_id = $1 and rb.member_id = r.author_id`;

export interface ThreadRow extends Record<string, unknown> {
  id: Id;
  kind: ThreadKind;
  title: string;
  state: ContentState;
  space_id: Id;
  space_slug: string;
  space_name: string;
  space_kind: SpaceKind;
  tags: string;
  created_at: number;
  last_activity_at: number;
  opening_post_id: Id;
  reply_count: number;
  accepted_post_id: Id | null;
  locked: boolean;
  pinned: boolean;
  pinned_until: number | null;
  slow_mode_seconds: number;
  anonymous_number: number | null;
  author_hidden: boolean;
  replier_anonymous_number: number | null;
  replier_hidden: boolean;
  score: number;
  my_vote: 1 | -1 | null;
  author_id: Id;
  author_name: string;
  author_role: MemberRole;
  author_joined_at: number;
  author_experience: number | null;
  reply_id: Id | null;
  reply_kind: PostKind;
  reply_at: number;
  replier_id: Id;
  replier_name: string;
  replier_role: MemberRole;
  replier_joined_at: number;
  replier_experience: number | null;
}

export function toThreadView(row: ThreadRow): ThreadView {
  return {
    id: row.id,
    space: { id: row.space_id, slug: row.space_slug, name: row.space_name, kind: row.space_kind },
    author: row.author_hidden
      ? null
      : toAuthor(
          row.author_id,
          row.author_name,
          row.author_role,
          new Date(row.author_joined_at),
          row.author_experience,
        ),
    anonymousNumber: row.anonymous_number,
    kind: row.kind,
    title: row.title,
    tags: row.tags === "" ? [] : row.tags.split(","),
    state: row.state,
    createdAt: new Date(row.created_at),
    lastActivityAt: new Date(row.last_activity_at),
    openingPostId: row.opening_post_id,
    score: row.score,
    myVote: row.my_vote,
    replyCount: row.reply_count,
    lastReply:
      row.reply_id === null
        ? null
        : {
            id: row.reply_id,
            kind: row.reply_kind,
            createdAt: new Date(row.reply_at),
            author: row.replier_hidden
              ? null
              : toAuthor(
                  row.replier_id,
                  row.replier_name,
                  row.replier_role,
                  new Date(row.replier_joined_at),
                  row.replier_experience,
                ),
            anonymousNumber: row.replier_anonymous_number,
          },
    acceptedPostId: row.accepted_post_id,
    locked: row.locked,
    pinned: row.pinned,
    pinnedUntil: row.pinned && row.pinned_until !== null ? new Date(row.pinned_until) : null,
    slowModeSeconds: row.slow_mode_seconds,
  };
}

/** Members who never earned anything have no balance yet. */
export function toAuthor(
  id: Id,
  displayName: string,
  role: MemberRole,
  joinedAt: Instant,
  experience: number | null,
): Author {
  return { id, displayName, role, joinedAt, experience: experience ?? 0 };
}
