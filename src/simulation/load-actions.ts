import { outbox } from "../../drizzle/tables/platform.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import type { LoadRows } from "./load-rows.ts";

const insertSpaces = prepared(
  "simulation_spaces",
  `insert into spaces (community_id, id, slug, name, kind, read_access, created_at)
   select $1, id, slug, name, kind, case kind when 'staff' then 'staff' else 'everyone' end, "createdAt"
   from json_to_recordset($2::json) as r(id uuid, slug text, name text, kind text, "createdAt" timestamptz)`,
);

const insertMembers = prepared(
  "simulation_members",
  `with arrived as (
     select * from json_to_recordset($2::json) as r(
       id uuid, subject text, "displayName" text, locale text, "timeZone" text, role text, "joinedAt" timestamptz)
   ), member as (
     insert into members (community_id, id, display_name, locale, time_zone, role, joined_at)
     select $1, id, "displayName", locale, "timeZone", role, "joinedAt" from arrived
   )
   insert into external_identities (community_id, issuer, subject, member_id, created_at)
   select $1, issuer, subject, id, $4 from arrived cross join unnest($3::text[]) as i(issuer)`,
);

const insertThreads = prepared(
  "simulation_threads",
  `insert into threads (community_id, id, space_id, author_id, kind, title, tags, state, created_at, last_activity_at, opening_post_id)
   select $1, id, "spaceId", "authorId", kind, title, tags, 'visible', "createdAt", "createdAt", "openingPostId"
   from json_to_recordset($2::json) as r(
     id uuid, "spaceId" uuid, "authorId" uuid, kind text, title text, tags text[], "openingPostId" uuid, "createdAt" timestamptz)`,
);

const insertPosts = prepared(
  "simulation_posts",
  `insert into posts (community_id, id, thread_id, author_id, kind, parent_id, body_markdown, body_html, revision, state, created_at)
   select $1, id, "threadId", "authorId", kind, "parentId", markdown, html, 1, 'visible', "createdAt"
   from json_to_recordset($2::json) as r(
     id uuid, "threadId" uuid, "authorId" uuid, kind text, "parentId" uuid, markdown text, html text, "createdAt" timestamptz)`,
);

const insertVotes = prepared(
  "simulation_votes",
  `insert into votes (community_id, post_id, member_id, id, value, cast_at)
   select $1, "postId", "memberId", id, value, "castAt"
   from json_to_recordset($2::json) as r("postId" uuid, "memberId" uuid, id uuid, value smallint, "castAt" timestamptz)`,
);

const insertAcceptances = prepared(
  "simulation_acceptances",
  `insert into acceptances (community_id, thread_id, id, post_id, accepted_by_id, accepted_at)
   select $1, "threadId", id, "postId", "acceptedById", "acceptedAt"
   from json_to_recordset($2::json) as r(
     "threadId" uuid, id uuid, "postId" uuid, "acceptedById" uuid, "acceptedAt" timestamptz)`,
);

/** Inserts what was read, a statement a table, those that are pointed at first. */
export async function insertRows(tx: Tx, rows: LoadRows, issuers: readonly string[], now: Instant): Promise<void> {
  const { communityId } = tx;
  const put = async (insert: typeof insertSpaces, table: readonly object[], ...more: readonly unknown[]) => {
    if (table.length > 0) await insert(tx, [communityId, JSON.stringify(table), ...more]);
  };
  await put(insertSpaces, rows.spaces);
  await put(insertMembers, rows.members, issuers, now);
  await put(insertThreads, rows.threads);
  await put(insertPosts, rows.posts);
  await put(insertVotes, rows.votes);
  await put(insertAcceptances, rows.acceptances);
  if (rows.told.length > 0) {
    await tx.sql
      .insert(outbox)
      .values(rows.told.map(({ id, occurredAt, event }) => ({ id, communityId, payload: event, occurredAt })));
  }
}

const settleScores = prepared(
  "simulation_settle_scores",
  `update posts p set score = v.score
   from (select post_id, sum(value)::int as score from votes where community_id = $1 group by post_id) v
   where p.community_id = $1 and p.id = v.post_id`,
);

const settleThreads = prepared(
  "simulation_settle_threads",
  `update threads t
   set reply_count = r.replies, last_reply_id = r.last_id, last_activity_at = r.last_at, accepted_post_id = a.post_id
   from (
     select thread_id, count(*)::int as replies, max(created_at) as last_at,
            (array_agg(id order by created_at desc, id desc))[1] as last_id
     from posts where community_id = $1 and kind <> 'opening' group by thread_id
   ) r
   left join acceptances a on a.community_id = $1 and a.thread_id = r.thread_id
   where t.community_id = $1 and t.id = r.thread_id`,
);

/** Brings scores, reply counts, last replies and accepted answers in line with what was inserted, as the product keeps them. */
export async function settleCounters(tx: Tx): Promise<void> {
  await settleScores(tx, [tx.communityId]);
  await settleThreads(tx, [tx.communityId]);
}
