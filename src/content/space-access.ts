import { moderates, operates, type Viewer } from "../identity/viewer.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Reader } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";

/** What a viewer may do in a space, as the SQL function `space_access` tells. Rules take it; none of them decides it anew. */
export interface SpaceAccess {
  readonly reads: boolean;
  /** Threads and posts alike. */
  readonly posts: boolean;
  /** Hides, restores and edits what others wrote here, and sees what is hidden. */
  readonly moderates: boolean;
}

/**
 * $1 to $4 of every statement that asks {@link READABLE_SPACES} or {@link spaceAccess}: the community, the viewer, what
 * their role lets them do in every space, and the time. The time is the caller's: a refund or an expiry counts from the next statement on.
 */
export function viewerValues(reader: Reader, viewer: Viewer, now: Instant): readonly unknown[] {
  const everywhere = moderates(viewer) ? "moderate" : operates(viewer) ? "read" : "nothing";
  return [reader.communityId, viewer.memberId, everywhere, now];
}

/** The rows of `spaces` that the viewer may look into. */
export const READABLE_SPACES = "readable_spaces($1, $2, $3, $4)";

/** The one row of {@link SpaceAccess} for the space that `spaceId` names in SQL. */
export const spaceAccess = (spaceId: string) => `space_access($1, $2, $3, $4, ${spaceId})`;

/** Whether the viewer moderates the space that `spaceId` names in SQL. Cheap enough for each row, and rarely asked. */
export const moderatesSpace = (spaceId: string) => `($3 = 'moderate' or exists (
  select from space_moderators sm where sm.community_id = $1 and sm.space_id = ${spaceId} and sm.member_id = $2))`;

const findAccess = prepared<SpaceAccess & { id: Id }>(
  "content_space_access",
  `select wanted.id, a.reads, a.posts, a.moderates
   from unnest((select $5::uuid[])) as wanted (id) cross join lateral ${spaceAccess("wanted.id")} a`,
);

/** What `viewer` may do in each of the spaces `ids` that they may look into. */
export async function spaceAccessById(
  reader: Reader,
  viewer: Viewer,
  ids: readonly Id[],
  now: Instant,
): Promise<Map<Id, SpaceAccess>> {
  const rows = await findAccess(reader, [...viewerValues(reader, viewer, now), ids]);
  return new Map(
    rows.filter(({ reads }) => reads).map(({ id, reads, posts, moderates }) => [id, { reads, posts, moderates }]),
  );
}

const findReadableThread = prepared(
  "content_readable_thread",
  `select from threads t join ${READABLE_SPACES} s on s.id = t.space_id where t.community_id = $1 and t.id = $5`,
);

/** Whether `viewer` may look into the space that a thread is in, hidden or not. */
export async function mayReadSpaceOf(reader: Reader, viewer: Viewer, threadId: Id, now: Instant): Promise<boolean> {
  return (await findReadableThread(reader, [...viewerValues(reader, viewer, now), threadId])).length > 0;
}
