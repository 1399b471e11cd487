import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import type { Loaded } from "./import-passes.ts";
import { tallyRows } from "./import-tally-rules.ts";
import type { PreparedSite } from "./stackexchange-account-actions.ts";
import { findAccounts } from "./stackexchange-account-queries.ts";
import { recordDumpFacts } from "./stackexchange-activity-actions.ts";
import { bodyOfHtml } from "./stackexchange-body-rules.ts";
import { numberedId } from "./stackexchange-id-rules.ts";
import type { QuestionRow } from "./stackexchange-row-rules.ts";

const insertThreads = prepared<{ inserted: number }>(
  "import_se_threads",
  `with question as (
     select * from json_to_recordset($2::json) as q(
       id uuid, "postId" uuid, "authorId" uuid, title text, tags text[], markdown text, html text,
       "createdAt" timestamptz, "editedAt" timestamptz)
   ), thread as (
     insert into threads (community_id, id, space_id, author_id, kind, title, tags, state, created_at, last_activity_at, opening_post_id)
     select $1, id, $3, "authorId", 'question', title, tags, 'visible', "createdAt", "createdAt", "postId" from question
     on conflict do nothing returning id
   ), post as (
     insert into posts (community_id, id, thread_id, author_id, kind, body_markdown, body_html, revision, state, created_at, edited_at)
     select $1, "postId", id, "authorId", 'opening', markdown, html, 1, 'visible', "createdAt", "editedAt"
     from question join thread using (id)
     on conflict do nothing
   )
   select count(*)::int as inserted from thread`,
);

/** Makes threads of questions, with the question as opening post. Votes, replies and acceptances follow in later passes. */
export async function loadQuestions(tx: Tx, site: PreparedSite, rows: readonly QuestionRow[]): Promise<Loaded> {
  const accounts = await findAccounts(
    tx,
    site.site,
    rows.map(({ userId }) => userId),
  );
  const questions = rows.map(({ id, userId, title, tags, bodyHtml, createdAt, editedAt }) => ({
    id: numberedId(site.site, "thread", id),
    postId: numberedId(site.site, "post", id),
    authorId: accounts.authorOf(userId),
    title,
    tags,
    ...bodyOfHtml(bodyHtml),
    createdAt,
    editedAt,
  }));
  const [row] = await insertThreads(tx, [tx.communityId, JSON.stringify(questions), site.spaceId]);
  const threads = row!.inserted;
  const facts = rows.map(({ id, userId, createdAt }) => {
    return { row: "question" as const, id, owner: accounts.activeOf(userId), createdAt };
  });
  const events = await recordDumpFacts(tx, site, facts);
  return {
    rows: tallyRows(rows.length, threads),
    made: { threads, events },
    times: rows.map((each) => each.createdAt),
  };
}
