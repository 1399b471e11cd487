import type { ContentState } from "../../drizzle/tables/community.ts";
import { assert } from "../kernel/assert.ts";
import type { Id } from "../kernel/ids.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import type { PostInThread } from "./content-locks.ts";

const setPostState = prepared<{ stateVersion: number }>(
  "content_set_post_state",
  `update posts set state = $3, state_version = state_version + 1 where community_id = $1 and id = $2
   returning state_version as "stateVersion"`,
);
const setThreadState = prepared(
  "content_set_thread_state",
  "update threads set state = $3 where community_id = $1 and id = $2",
);

const projectThread = prepared(
  "content_project_thread",
  `update threads t
   set reply_count = t.reply_count + $3,
       last_reply_id = last_reply.id,
       last_activity_at = coalesce(last_reply.created_at, t.created_at),
       accepted_post_id = (
         select a.post_id from acceptances a
         join posts p on p.community_id = a.community_id and p.id = a.post_id
         where a.community_id = $1 and a.thread_id = $2 and p.state = 'visible'
       )
   from (select) one
   left join lateral (
     select id, created_at from posts
     where community_id = $1 and thread_id = $2 and state = 'visible' and kind <> 'opening'
     order by created_at desc, id desc limit 1
   ) last_reply on true
   where t.community_id = $1 and t.id = $2`,
);

/**
 * Brings what a thread tells about its posts in line with them: how many visible replies (`repliesAdded` of them since the last
 * time), the last one, when it came, and the accepted answer while it is visible. The caller holds the thread's lock.
 */
export async function followPosts(tx: Tx, threadId: Id, repliesAdded: -1 | 0 | 1): Promise<void> {
  await projectThread(tx, [tx.communityId, threadId, repliesAdded]);
}

/**
 * Moves a post to `state`, and its thread along: an opening post takes the whole thread with it, any other post changes what the
 * thread counts. The caller holds the locks of both, from `lockPostAndThread`, and tells of it with the version that is returned:
 * counted under the post's lock, it says which change came later whatever the clocks of two servers say.
 */
export async function changePostState(
  tx: Tx,
  { post, thread }: PostInThread,
  state: ContentState,
): Promise<{ stateVersion: number }> {
  assert(post.state !== state, "a post changes to another state");
  assert(post.state === "visible" || state === "visible", "a post is hidden or deleted while it is visible");
  const [changed] = await setPostState(tx, [tx.communityId, post.id, state]);
  assert(changed, "a locked post can be changed");
  if (post.kind === "opening") await setThreadState(tx, [tx.communityId, thread.id, state]);
  else await followPosts(tx, thread.id, state === "visible" ? 1 : -1);
  return changed;
}
