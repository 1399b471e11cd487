import type { ContentState } from "../../drizzle/tables/community.ts";
import type { MemberRole } from "../../drizzle/tables/identity.ts";
import { moderatesSpace, READABLE_SPACES, viewerValues } from "../content/space-access.ts";
import type { Viewer } from "../identity/viewer.ts";
import type { PostKind } from "../kernel/domain-events.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { type Page, type PageRequest, readTimeKey, timeKeyParts, toPage } from "../kernel/pagination.ts";
import type { Reader } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import { preparedPages, unseen } from "./prepared-page.ts";
import { type Author, authorHidden, toAuthor } from "./thread-view.ts";

/** A post as thread pages show it, whole. */
export interface PostView {
  readonly id: Id;
  readonly threadId: Id;
  /** Null where the viewer may not know who it was. */
  readonly author: Author | null;
  /** By which number the author goes in the thread, if without a name. */
  readonly anonymousNumber: number | null;
  readonly kind: PostKind;
  readonly parentId: Id | null;
  /** Empty, like the HTML, for what was deleted, except to its author and moderators. */
  readonly bodyMarkdown: string;
  readonly bodyHtml: string;
  readonly revision: number;
  readonly state: ContentState;
  readonly score: number;
  readonly myVote: 1 | -1 | null;
  /** Whether it is its question's accepted answer. */
  readonly accepted: boolean;
  readonly createdAt: Instant;
  readonly editedAt: Instant | null;
}

interface PostRow extends Record<string, unknown> {
  id: Id;
  thread_id: Id;
  kind: PostKind;
  parent_id: Id | null;
  body_markdown: string;
  body_html: string;
  revision: number;
  state: ContentState;
  score: number;
  my_vote: 1 | -1 | null;
  accepted: boolean;
  created_at: Date;
  edited_at: Date | null;
  anonymous_number: number | null;
  author_hidden: boolean;
  /** Whether it was deleted and the viewer sees no more of it than that. */
  is_gone: boolean;
  author_id: Id;
  display_name: string;
  role: MemberRole;
  joined_at: Date;
  experience: number | null;
}

/** Whether the row of a post or thread `alias`, in a thread `t`, is the viewer's own or theirs to moderate. */
export const ownOrModerated = (alias: string) => `${alias}.author_id = $2 or ${moderatesSpace("t.space_id")}`;
const MAY_SHOW_THREAD = `join ${READABLE_SPACES} s on s.id = t.space_id and (t.state = 'visible' or ${ownOrModerated("t")})`;
/** A deleted post shows as a gap, so that what answers it can be followed; a hidden one does not show. */
const MAY_SHOW_POST = `(p.state <> 'hidden' or ${ownOrModerated("p")})`;
const IS_GONE = `(p.state = 'deleted' and not (${ownOrModerated("p")}))`;

/** Completes the posts `p` of threads `t` that `source` joins; $1 to $4 are {@link viewerValues}. */
const selectPosts = (source: string) => `
  select p.id, p.thread_id, p.kind, p.parent_id, p.revision, p.state, p.score, ${IS_GONE} as is_gone,
         case when ${IS_GONE} then '' else p.body_markdown end as body_markdown,
         case when ${IS_GONE} then '' else p.body_html end as body_html,
         p.anonymous_number, ${authorHidden("p")} as author_hidden,
         v.value as my_vote, t.accepted_post_id is not distinct from p.id as accepted, p.created_at, p.edited_at,
         p.author_id, a.display_name, a.role, a.joined_at, b.experience::float8 as experience
  from ${source}
  join members a on a.community_id = $1 and a.id = p.author_id
  left join point_balances b on b.community_id = $1 and b.member_id = p.author_id
  left join votes v on v.community_id = $1 and v.post_id = p.id and v.member_id = $2`;

/** Pages of posts `p` for each row of `source`, which joins their thread `t`; `within` says which posts are that row's. */
const pagesOfPosts = (name: string, source: string, within: string) =>
  preparedPages<PostRow>(name, ({ backward, fromCursor, limit }) => {
    const beyond = fromCursor
      ? `and (p.created_at, p.id) ${backward ? "<" : ">"} (${unseen(6, "timestamptz")}, ${unseen(7, "uuid")})`
      : "";
    const direction = backward ? "desc" : "asc";
    const order = `order by p.created_at ${direction}, p.id ${direction}`;
    return `${selectPosts(`${source}
      ${MAY_SHOW_THREAD}
      join lateral (
        select * from posts p
        where p.community_id = $1 and ${within} and ${MAY_SHOW_POST} ${beyond} ${order} limit ${limit}
      ) p on true`)} ${order}`;
  });
const threadPosts = pagesOfPosts(
  "thread_posts",
  `unnest(${unseen(5, "uuid[]")}) as wanted (thread_id)
   join threads t on t.community_id = $1 and t.id = wanted.thread_id`,
  "p.thread_id = t.id",
);
const replies = pagesOfPosts(
  "post_replies",
  `unnest(${unseen(5, "uuid[]")}) as wanted (parent_id)
   join posts o on o.community_id = $1 and o.id = wanted.parent_id
   join threads t on t.community_id = $1 and t.id = o.thread_id`,
  "p.parent_id = o.id",
);

/**
 * For each of several threads, a page of its posts in the order they were written, the opening post first: what is visible, gaps
 * where something was deleted, the viewer's own, and for the space's moderators everything. One statement. A thread that `viewer` may not see has no posts for them.
 * @throws Refusal `input.invalid` for a cursor that is not of this list.
 */
export async function listPosts(
  reader: Reader,
  viewer: Viewer,
  threadIds: readonly Id[],
  request: PageRequest,
  now: Instant,
): Promise<Page<PostView>[]> {
  const values = [...viewerValues(reader, viewer, now), threadIds];
  return toPages(threadIds, await threadPosts(request)(reader, withKey(values, request)), "thread_id", request);
}

/**
 * For each of several posts, a page of what hangs on it, in the order it was written: {@link listPosts} by parent. A post that
 * shows as a gap may have replies.
 * @throws Refusal `input.invalid` for a cursor that is not of this list.
 */
export async function listReplies(
  reader: Reader,
  viewer: Viewer,
  parentIds: readonly Id[],
  request: PageRequest,
  now: Instant,
): Promise<Page<PostView>[]> {
  const values = [...viewerValues(reader, viewer, now), parentIds];
  return toPages(parentIds, await replies(request)(reader, withKey(values, request)), "parent_id", request);
}

function withKey(values: unknown[], request: PageRequest): unknown[] {
  const key = readTimeKey(request);
  return key === null ? values : [...values, key.at, key.id];
}

function toPages(
  ids: readonly Id[],
  rows: readonly PostRow[],
  owner: "thread_id" | "parent_id",
  request: PageRequest,
): Page<PostView>[] {
  const byOwner = new Map<Id | null, PostView[]>(ids.map((id) => [id, []]));
  for (const row of rows) byOwner.get(row[owner])?.push(toPostView(row));
  return ids.map((id) => toPage(byOwner.get(id)!, request));
}

/** Where a post stands in {@link listPosts}. */
export function postKey(post: PostView): readonly [string, string] {
  return timeKeyParts(post.createdAt, post.id);
}

const postsByIds = prepared<PostRow>(
  "posts_by_ids",
  `${selectPosts(`posts p
    join threads t on t.community_id = $1 and t.id = p.thread_id
    ${MAY_SHOW_THREAD}`)}
   where p.community_id = $1 and p.id = any(${unseen(5, "uuid[]")}) and ${MAY_SHOW_POST}`,
);

/** The posts among `ids` that `viewer` sees, in no order. */
export async function postsById(reader: Reader, viewer: Viewer, ids: readonly Id[], now: Instant): Promise<PostView[]> {
  const rows = await postsByIds(reader, [...viewerValues(reader, viewer, now), ids]);
  return rows.map(toPostView);
}

function toPostView(row: PostRow): PostView {
  return {
    id: row.id,
    threadId: row.thread_id,
    author:
      row.author_hidden || row.is_gone
        ? null
        : toAuthor(row.author_id, row.display_name, row.role, row.joined_at, row.experience),
    anonymousNumber: row.is_gone ? null : row.anonymous_number,
    kind: row.kind,
    parentId: row.parent_id,
    bodyMarkdown: row.body_markdown,
    bodyHtml: row.body_html,
    revision: row.revision,
    state: row.state,
    score: row.is_gone ? 0 : row.score,
    myVote: row.is_gone ? null : row.my_vote,
    accepted: row.accepted,
    createdAt: row.created_at,
    editedAt: row.is_gone ? null : row.edited_at,
  };
}
