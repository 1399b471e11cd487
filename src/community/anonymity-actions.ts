import type { Thread } from "../content/content-locks.ts";
import type { Viewer } from "../identity/viewer.ts";
import type { Id } from "../kernel/ids.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";

const findAllowing = prepared(
  "community_allows_anonymity",
  "select from spaces where community_id = $1 and id = $2 and anonymous_posting",
);
const findNumber = prepared<{ number: number }>(
  "community_anonymous_number",
  `select coalesce(
     (select anonymous_number from posts
      where community_id = $1 and thread_id = $2 and author_id = $3 and anonymous_number is not null limit 1),
     (select coalesce(max(anonymous_number), 0) + 1 from posts
      where community_id = $1 and thread_id = $2 and anonymous_number is not null)
   )::int as number`,
);

/** The number of who starts a thread without a name. @throws Refusal `space.no-anonymity`. */
export async function firstAnonymousNumber(tx: Tx, spaceId: Id): Promise<number> {
  if ((await findAllowing(tx, [tx.communityId, spaceId])).length === 0) {
    throw new Refusal("space.no-anonymity", { spaceId }, "anonymous");
  }
  return 1;
}

/**
 * The number by which others know the viewer in a thread while they post without a name: the one they have, or the next. It says
 * nothing of them but who came first. The caller holds the thread's lock.
 * @throws Refusal `space.no-anonymity`.
 */
export async function anonymousNumberIn(tx: Tx, viewer: Viewer, thread: Thread): Promise<number> {
  await firstAnonymousNumber(tx, thread.spaceId);
  const [found] = await findNumber(tx, [tx.communityId, thread.id, viewer.memberId]);
  return found!.number;
}

/** What events say of a post with this number: those who hear of them must name nobody. */
export function asAnonymous(anonymousNumber: number | null): { anonymous?: true } {
  return anonymousNumber === null ? {} : { anonymous: true };
}
