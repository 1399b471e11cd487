import { moderatesSpace, READABLE_SPACES, viewerValues } from "../content/space-access.ts";
import type { Viewer } from "../identity/viewer.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { type Page, type PageRequest, readTimeKey, timeKeyParts, toPage } from "../kernel/pagination.ts";
import type { Reader } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import { type PageShape, preparedPages, unseen } from "./prepared-page.ts";
import { selectThreadViews, THREAD_COLUMNS, type ThreadRow, type ThreadView, toThreadView } from "./thread-view.ts";

// The order of the indexes `threads_feed` and `threads_space_feed`, word for word: another one would sort.
const NEWEST_FIRST = "order by t.last_activity_at desc nulls last, t.id desc nulls last";
const OLDEST_FIRST = "order by t.last_activity_at asc nulls first, t.id asc nulls first";

/**
 * How many threads the community's feed looks at for each that it wants. Whoever may read most spaces finds a page among them;
 * for everybody else it is made of the feeds of the spaces that they may read, since what to skip may be thousands.
 */
const LOOKED_AT = 6;

/** The order of a page, and what is beyond its cursor, whose time and id are `$cursor` and the value after it. */
function shapeOf({ backward, fromCursor }: PageShape, cursor: number): { order: string; beyond: string } {
  const key = `(${unseen(cursor, "timestamptz")}, ${unseen(cursor + 1, "uuid")})`;
  return {
    order: backward ? OLDEST_FIRST : NEWEST_FIRST,
    beyond: fromCursor ? `and (t.last_activity_at, t.id) ${backward ? ">" : "<"} ${key}` : "",
  };
}

const VISIBLE = "t.community_id = $1 and t.state = 'visible'";

/**
 * A page of the community's feed. `near` is an index read that stops as soon as the page is full. If it comes to its end before
 * that, `merged` reads as many threads of each readable space from that space's index, and keeps the latest of them.
 */
const communityFeed = preparedPages<ThreadRow>("thread_feed", (shape) => {
  const { order, beyond } = shapeOf(shape, 5);
  const { limit } = shape;
  return `
    with near as materialized (
      select ${THREAD_COLUMNS} from (
        select t.* from threads t where ${VISIBLE} ${beyond} ${order} limit ${LOOKED_AT * limit}
      ) t
      join ${READABLE_SPACES} s on s.id = t.space_id
      ${order} limit ${limit}
    ),
    merged as (
      select t.id, t.last_activity_at from unnest(array(select id from ${READABLE_SPACES})) as s (id)
      cross join lateral (
        select t.id, t.last_activity_at from threads t where ${VISIBLE} and t.space_id = s.id ${beyond} ${order} limit ${limit}
      ) t
      where (select count(*) from near) < ${limit}
      ${order} limit ${limit}
    )
    ${selectThreadViews(`
      select * from near where (select count(*) from near) = ${limit}
      union all
      select ${THREAD_COLUMNS} from merged m
      join threads t on t.community_id = $1 and t.id = m.id
      join spaces s on s.community_id = $1 and s.id = t.space_id`)}
    ${order}`;
});

const spaceFeed = preparedPages<ThreadRow>("thread_space_feed", (shape) => {
  const { order, beyond } = shapeOf(shape, 6);
  const threads = `
    select ${THREAD_COLUMNS} from ${READABLE_SPACES} s
    cross join lateral (
      select t.* from threads t where ${VISIBLE} and t.space_id = s.id ${beyond} ${order} limit ${shape.limit}
    ) t
    where s.id = ${unseen(5, "uuid")}`;
  return `${selectThreadViews(threads)} ${order}`;
});

/**
 * The visible threads of the community, or of one space, by their latest activity, newest first: one statement, whatever the
 * page's size. A space that `viewer` may not look into has no threads for them.
 * @throws Refusal `input.invalid` for a cursor that is not of this list.
 */
export async function listThreads(
  reader: Reader,
  viewer: Viewer,
  spaceId: Id | null,
  request: PageRequest,
  now: Instant,
): Promise<Page<ThreadView>> {
  const key = readTimeKey(request);
  const values = [...viewerValues(reader, viewer, now)];
  if (spaceId !== null) values.push(spaceId);
  if (key !== null) values.push(key.at, key.id);
  const fetchPage = spaceId === null ? communityFeed(request) : spaceFeed(request);
  return toPage((await fetchPage(reader, values)).map(toThreadView), request);
}

/** Where a thread stands in {@link listThreads}. */
export function feedKey(thread: ThreadView): readonly [string, string] {
  return timeKeyParts(thread.lastActivityAt, thread.id);
}

const threadsByIds = prepared<ThreadRow>(
  "threads_by_ids",
  selectThreadViews(
    `select ${THREAD_COLUMNS} from threads t join ${READABLE_SPACES} s on s.id = t.space_id
     where t.community_id = $1 and t.id = any(${unseen(5, "uuid[]")})
       and (t.state = 'visible' or t.author_id = $2 or ${moderatesSpace("t.space_id")})`,
  ),
);

/** The threads among `ids` that `viewer` sees, their own hidden and deleted ones too, in no order. */
export async function threadsById(
  reader: Reader,
  viewer: Viewer,
  ids: readonly Id[],
  now: Instant,
): Promise<ThreadView[]> {
  const rows = await threadsByIds(reader, [...viewerValues(reader, viewer, now), ids]);
  return rows.map(toThreadView);
}

const pinnedThreads = prepared<ThreadRow>(
  "threads_pinned",
  `${selectThreadViews(
    `select ${THREAD_COLUMNS} from threads t join ${READABLE_SPACES} s on s.id = t.space_id
     where t.community_id = $1 and t.space_id = any(${unseen(5, "uuid[]")}) and t.state = 'visible'
       and t.pinned_at is not null and (t.pinned_until is null or t.pinned_until > $4)`,
  )}
   order by t.pinned_at desc, t.id desc`,
);

/** The pinned threads of each of `spaceIds`, the latest pinned first; none for a space that `viewer` may not look into. */
export async function listPinned(
  reader: Reader,
  viewer: Viewer,
  spaceIds: readonly Id[],
  now: Instant,
): Promise<ThreadView[][]> {
  const pinned = (await pinnedThreads(reader, [...viewerValues(reader, viewer, now), spaceIds])).map(toThreadView);
  return spaceIds.map((spaceId) => pinned.filter(({ space }) => space.id === spaceId));
}

const countThreads = prepared<{ id: Id; count: number }>(
  "threads_count",
  `select s.id, (
     select count(*)::int from threads t where t.community_id = $1 and t.space_id = s.id and t.state = 'visible'
   ) as count
   from ${READABLE_SPACES} s where s.id = any(${unseen(5, "uuid[]")})`,
);

/** How many visible threads each of `spaceIds` has, counted and not kept: 0 for one that `viewer` may not look into. */
export async function countThreadsBySpace(
  reader: Reader,
  viewer: Viewer,
  spaceIds: readonly Id[],
  now: Instant,
): Promise<number[]> {
  const counts = await countThreads(reader, [...viewerValues(reader, viewer, now), spaceIds]);
  const bySpace = new Map(counts.map(({ id, count }) => [id, count]));
  return spaceIds.map((spaceId) => bySpace.get(spaceId) ?? 0);
}

const findMerged = prepared<{ id: Id; intoId: Id }>(
  "threads_merged",
  `select id, merged_into_id as "intoId" from threads
   where community_id = $1 and id = any(${unseen(2, "uuid[]")}) and merged_into_id is not null`,
);

/** Which threads took the posts of those among `ids` that were merged. Whether somebody may see these is asked of them. */
export async function mergedInto(reader: Reader, ids: readonly Id[]): Promise<Map<Id, Id>> {
  const rows = await findMerged(reader, [reader.communityId, ids]);
  return new Map(rows.map(({ id, intoId }) => [id, intoId]));
}
