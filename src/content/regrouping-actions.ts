import type { Id } from "../kernel/ids.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";

const recount = prepared(
  "content_recount_thread",
  `update threads t
   set reply_count = visible.replies, last_reply_id = last_reply.id,
       last_activity_at = coalesce(last_reply.created_at, t.created_at),
       accepted_post_id = (
         select a.post_id from acceptances a
         join posts p on p.community_id = a.community_id and p.id = a.post_id
         where a.community_id = $1 and a.thread_id = $2 and p.state = 'visible'
       )
   from (
     select count(*)::int as replies from posts
     where community_id = $1 and thread_id = $2 and state = 'visible' and kind <> 'opening'
   ) visible
   left join lateral (
     select id, created_at from posts
     where community_id = $1 and thread_id = $2 and state = 'visible' and kind <> 'opening'
     order by created_at desc, id desc limit 1
   ) last_reply on true
   where t.community_id = $1 and t.id = $2`,
);

/**
 * Derives what a thread tells about its posts from all of them, after many came or went. (`followPosts` does for one, without
 * counting the others.) The caller holds the thread's lock.
 */
export async function recountThread(tx: Tx, threadId: Id): Promise<void> {
  await recount(tx, [tx.communityId, threadId]);
}

/**
 * Numbers of authors without a name: whoever has one in the thread that takes the posts keeps that one, the others follow in the
 * order in which they came.
 */
const renumber = prepared(
  "content_renumber_anonymous",
  `with arriving as (
     select a.author_id, min(h.anonymous_number) as known, min(a.anonymous_number) as came
     from posts a
     left join posts h on h.community_id = $1 and h.thread_id = $3 and h.author_id = a.author_id and h.anonymous_number is not null
     where a.community_id = $1 and a.thread_id = $2 and a.anonymous_number is not null
     group by a.author_id
   ), numbered as (
     select author_id, coalesce(known, (
       select coalesce(max(anonymous_number), 0) from posts
       where community_id = $1 and thread_id = $3 and anonymous_number is not null
     ) + row_number() over (partition by known is null order by came)) as number
     from arriving
   )
   update posts p set anonymous_number = n.number from numbered n
   where p.community_id = $1 and p.thread_id = $2 and p.author_id = n.author_id and p.anonymous_number is not null`,
);
const moveAllPosts = prepared(
  "content_move_all_posts",
  `update posts p set
     thread_id = $3,
     kind = case when p.kind = 'opening' then case when $5::boolean then 'comment' else 'reply' end else p.kind end,
     parent_id = case when $5::boolean and (p.kind = 'opening' or p.parent_id = $6) then $4::uuid else p.parent_id end
   where p.community_id = $1 and p.thread_id = $2`,
);

export interface Merging {
  readonly fromId: Id;
  readonly fromOpeningId: Id;
  readonly intoId: Id;
  readonly intoOpeningId: Id;
  /** Whether both are questions: then the opening that comes along is a comment on the one that stays, as are its comments. */
  readonly questions: boolean;
}

/** Gives all posts of a thread to another. The caller holds the locks of both, and recounts them afterwards. */
export async function movePosts(tx: Tx, merging: Merging): Promise<void> {
  const { fromId, fromOpeningId, intoId, intoOpeningId, questions } = merging;
  await renumber(tx, [tx.communityId, fromId, intoId]);
  await moveAllPosts(tx, [tx.communityId, fromId, intoId, intoOpeningId, questions, fromOpeningId]);
}

/**
 * The posts `$3` of thread `$2` and all that hangs on them, each with the one of `$3` that it hangs on in the end. A post that is
 * named and hangs on another that is named comes along with that one.
 */
const FAMILY = `
  with recursive family as (
    select p.id, p.id as root, p.created_at from posts p
    where p.community_id = $1 and p.thread_id = $2 and p.id = any($3::uuid[])
      and (p.parent_id is null or p.parent_id <> all($3::uuid[]))
    union
    select c.id, f.root, c.created_at from family f
    join posts c on c.community_id = $1 and c.parent_id = f.id and c.thread_id = $2
  )`;

const findFamily = prepared<{ id: Id; isRoot: boolean }>(
  "content_find_family",
  `${FAMILY} select id, bool_or(id = root) as "isRoot" from family group by id, created_at order by created_at, id`,
);
const insertSplitThread = prepared(
  "content_insert_split_thread",
  `insert into threads (community_id, id, space_id, author_id, kind, title, tags, state, created_at, last_activity_at, opening_post_id)
   select $1, $2, $3, p.author_id, $4, $5, $6, 'visible', p.created_at, p.created_at, p.id
   from posts p where p.community_id = $1 and p.id = $7`,
);
const moveFamily = prepared(
  "content_move_family",
  `${FAMILY}
   update posts p set
     thread_id = $4,
     kind = case
       when p.id = $5 then 'opening'
       when p.id = f.root then case when $6::boolean then 'answer' else 'reply' end
       when $6::boolean then 'comment'
       else p.kind end,
     parent_id = case when p.id = f.root then null when $6::boolean then f.root else p.parent_id end
   from (select distinct on (id) id, root from family order by id, root) f
   where p.community_id = $1 and p.id = f.id`,
);

/** The posts `ids` of a thread with all that hangs on them, the oldest first: what {@link splitOff} takes. Roots hang on none of them. */
export function familyOf(tx: Tx, threadId: Id, ids: readonly Id[]): Promise<{ id: Id; isRoot: boolean }[]> {
  return findFamily(tx, [tx.communityId, threadId, ids]);
}

export interface Splitting {
  readonly fromId: Id;
  readonly postIds: readonly Id[];
  /** The oldest of the posts, which opens the new thread. */
  readonly openingId: Id;
  readonly threadId: Id;
  readonly spaceId: Id;
  readonly kind: "discussion" | "question";
  readonly title: string;
  readonly tags: readonly string[];
}

/**
 * Makes a thread of posts of another and of all that hangs on them. The caller holds the lock of the thread they come from, and
 * recounts both afterwards.
 */
export async function splitOff(tx: Tx, splitting: Splitting): Promise<void> {
  const { fromId, postIds, openingId, threadId, spaceId, kind, title, tags } = splitting;
  await insertSplitThread(tx, [tx.communityId, threadId, spaceId, kind, title, tags, openingId]);
  await moveFamily(tx, [tx.communityId, fromId, postIds, threadId, openingId, kind === "question"]);
}

const retireThread = prepared(
  "content_retire_thread",
  `update threads set
     state = case when id = $2 then 'hidden' else state end, pinned_at = null, pinned_until = null, merged_into_id = $3
   where community_id = $1 and (id = $2 or merged_into_id = $2)`,
);

/** Leaves of a thread that was merged nothing but where it went. The caller holds its lock. */
export async function retire(tx: Tx, threadId: Id, intoId: Id): Promise<void> {
  await retireThread(tx, [tx.communityId, threadId, intoId]);
}
