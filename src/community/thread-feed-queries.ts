import { moderates, type Viewer } from "../identity/viewer.ts";
import type { Id } from "../kernel/ids.ts";
import { type Page, type PageRequest, readTimeKey, timeKeyParts, toPage } from "../kernel/pagination.ts";
import type { Reader } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import { type PageShape, preparedPages, unseen } from "./prepared-page.ts";
import {
  selectThreadViews,
  THREADS_WITH_SPACES,
  type ThreadRow,
  type ThreadView,
  toThreadView,
  viewerValues,
} from "./thread-view.ts";

// The order of the indexes `threads_feed` and `threads_space_feed`, word for word: another one would sort.
const NEWEST_FIRST = "order by t.last_activity_at desc nulls last, t.id desc nulls last";
const OLDEST_FIRST = "order by t.last_activity_at asc nulls first, t.id asc nulls first";

/**
 * One page of a feed: an index read of the page's threads, and everything that a row shows joined to them. `filter` is a
 * condition on `t`; the cursor's time and id are the next values after its own.
 */
function feedPage({ backward, fromCursor, limit }: PageShape, filter: { condition: string; values: number }): string {
  const order = backward ? OLDEST_FIRST : NEWEST_FIRST;
  const cursor = `(${unseen(filter.values + 4, "timestamptz")}, ${unseen(filter.values + 5, "uuid")})`;
  const beyond = fromCursor ? `and (t.last_activity_at, t.id) ${backward ? ">" : "<"} ${cursor}` : "";
  const threads = `${THREADS_WITH_SPACES} and t.state = 'visible' ${filter.condition} ${beyond} ${order} limit ${limit}`;
  return `${selectThreadViews(threads)} ${order}`;
}

const communityFeed = preparedPages<ThreadRow>("thread_feed", (shape) => feedPage(shape, { condition: "", values: 0 }));
const spaceFeed = preparedPages<ThreadRow>("thread_space_feed", (shape) =>
  feedPage(shape, { condition: `and t.space_id = ${unseen(4, "uuid")}`, values: 1 }),
);

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
): Promise<Page<ThreadView>> {
  const key = readTimeKey(request);
  const values = [...viewerValues(reader, viewer)];
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
    `${THREADS_WITH_SPACES} and t.id = any(${unseen(4, "uuid[]")}) and (t.state = 'visible' or t.author_id = $2 or $5)`,
  ),
);

/** The threads among `ids` that `viewer` sees, their own hidden and deleted ones too, in no order. */
export async function threadsById(reader: Reader, viewer: Viewer, ids: readonly Id[]): Promise<ThreadView[]> {
  const rows = await threadsByIds(reader, [...viewerValues(reader, viewer), ids, moderates(viewer)]);
  return rows.map(toThreadView);
}
