import type { PostKind } from "../kernel/domain-events.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import type { Loaded } from "./import-passes.ts";
import { tallyRows } from "./import-tally-rules.ts";
import type { PreparedSite } from "./stackexchange-account-actions.ts";
import { findAccounts } from "./stackexchange-account-queries.ts";
import { recordDumpFacts } from "./stackexchange-activity-actions.ts";
import { type Body, bodyOfComment, bodyOfHtml } from "./stackexchange-body-rules.ts";
import { numberedId } from "./stackexchange-id-rules.ts";
import { findPosts } from "./stackexchange-post-queries.ts";
import type { AnswerRow, CommentRow } from "./stackexchange-row-rules.ts";
import { lockThreads } from "./stackexchange-thread-locks.ts";

interface NewReply extends Body {
  readonly id: Id;
  readonly threadId: Id;
  readonly authorId: Id;
  readonly kind: PostKind;
  readonly parentId: Id | null;
  readonly createdAt: Instant;
  readonly editedAt: Instant | null;
}

/** Adds answers to their questions' threads. */
export async function loadAnswers(tx: Tx, site: PreparedSite, rows: readonly AnswerRow[]): Promise<Loaded> {
  const accounts = await findAccounts(
    tx,
    site.site,
    rows.map(({ userId }) => userId),
  );
  const posts = await findPosts(
    tx,
    site.site,
    rows.map(({ questionId }) => questionId),
  );
  const known = rows.flatMap((row) => {
    const question = posts.get(row.questionId);
    return question?.kind === "opening" ? [{ row, question }] : [];
  });
  const answers = await addReplies(
    tx,
    known.map(({ row: { id, userId, bodyHtml, createdAt, editedAt }, question }) => ({
      id: numberedId(site.site, "post", id),
      threadId: question.threadId,
      authorId: accounts.authorOf(userId),
      kind: "answer",
      parentId: null,
      ...bodyOfHtml(bodyHtml),
      createdAt,
      editedAt,
    })),
  );
  const facts = known.map(({ row: { id, userId, createdAt }, question }) => {
    const owner = accounts.activeOf(userId);
    return { row: "answer" as const, id, owner, asker: accounts.active(question.authorId), createdAt };
  });
  const events = await recordDumpFacts(tx, site, facts);
  return {
    rows: tallyRows(rows.length, answers, {
      "an answer whose question is not in the dump": rows.length - known.length,
    }),
    made: { answers, events },
    times: known.map(({ row }) => row.createdAt),
  };
}

/** Adds comments to the questions and answers they are on. */
export async function loadComments(tx: Tx, site: PreparedSite, rows: readonly CommentRow[]): Promise<Loaded> {
  const accounts = await findAccounts(
    tx,
    site.site,
    rows.map(({ userId }) => userId),
  );
  const posts = await findPosts(
    tx,
    site.site,
    rows.map(({ postId }) => postId),
  );
  const known = rows.flatMap((row) => {
    const post = posts.get(row.postId);
    return post === undefined ? [] : [{ row, post }];
  });
  const comments = await addReplies(
    tx,
    known.map(({ row: { id, userId, text, createdAt }, post }) => ({
      id: numberedId(site.site, "comment", id),
      threadId: post.threadId,
      authorId: accounts.authorOf(userId),
      kind: "comment",
      parentId: post.id,
      ...bodyOfComment(text),
      createdAt,
      editedAt: null,
    })),
  );
  const facts = known.map(({ row: { id, userId, createdAt }, post }) => {
    const author = accounts.activeOf(userId);
    return { row: "comment" as const, id, author, postOwner: accounts.active(post.authorId), createdAt };
  });
  const events = await recordDumpFacts(tx, site, facts);
  return {
    rows: tallyRows(rows.length, comments, { "a comment on a post that is not imported": rows.length - known.length }),
    made: { comments, events },
    times: known.map(({ row }) => row.createdAt),
  };
}

const insertReplies = prepared<{ threadId: Id; added: number }>(
  "import_se_replies",
  `with stored as (
     insert into posts (community_id, id, thread_id, author_id, kind, parent_id, body_markdown, body_html, revision, state, created_at, edited_at)
     select $1, id, "threadId", "authorId", kind, "parentId", markdown, html, 1, 'visible', "createdAt", "editedAt"
     from json_to_recordset($2::json) as r(
       id uuid, "threadId" uuid, "authorId" uuid, kind text, "parentId" uuid, markdown text, html text,
       "createdAt" timestamptz, "editedAt" timestamptz)
     on conflict do nothing returning thread_id
   )
   select thread_id as "threadId", count(*)::int as added from stored group by 1`,
);

const followReplies = prepared(
  "import_se_follow_replies",
  `update threads t
   set reply_count = t.reply_count + grown.added, last_reply_id = latest.id, last_activity_at = latest.created_at
   from json_to_recordset($2::json) as grown("threadId" uuid, added int)
   cross join lateral (
     select id, created_at from posts
     where community_id = $1 and thread_id = grown."threadId" and state = 'visible' and kind <> 'opening'
     order by created_at desc, id desc limit 1
   ) latest
   where t.community_id = $1 and t.id = grown."threadId"`,
);

/** Adds posts, and brings their threads in line as `followPosts` does for one. Returns how many were new. */
async function addReplies(tx: Tx, replies: readonly NewReply[]): Promise<number> {
  await lockThreads(
    tx,
    replies.map(({ threadId }) => threadId),
  );
  const grown = await insertReplies(tx, [tx.communityId, JSON.stringify(replies)]);
  await followReplies(tx, [tx.communityId, JSON.stringify(grown)]);
  return grown.reduce((sum, { added }) => sum + added, 0);
}
