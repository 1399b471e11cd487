import { createHash } from "node:crypto";
import type { Locale } from "../../drizzle/tables/identity.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Database, Tx } from "../platform/database/database.ts";
import { definePass, type Loaded, type Pass } from "./import-passes.ts";
import { countNames, tallyRows } from "./import-tally-rules.ts";
import { type ImportOutcome, type ImportProgressListener, runImport } from "./run-import.ts";
import { loadAcceptances } from "./stackexchange-acceptance-actions.ts";
import { loadUsers, type PreparedSite, prepareSite } from "./stackexchange-account-actions.ts";
import { loadBadges } from "./stackexchange-badge-actions.ts";
import type { DumpPart, StackExchangeDump } from "./stackexchange-dump.ts";
import { issuerOfSite } from "./stackexchange-id-rules.ts";
import { loadQuestions } from "./stackexchange-question-actions.ts";
import { loadAnswers, loadComments } from "./stackexchange-reply-actions.ts";
import type { AnswerRow, DumpRows, QuestionRow } from "./stackexchange-row-rules.ts";
import { readDumpRows } from "./stackexchange-rows.ts";
import { loadVotes } from "./stackexchange-vote-actions.ts";

export interface StackExchangeImport {
  readonly dump: StackExchangeDump;
  /** Where the site goes, and what its members get whose language and zone no dump tells. */
  readonly community: { readonly id: Id; readonly locale: Locale; readonly timeZone: string };
  /** What the site's space is called. */
  readonly name: string;
  readonly onProgress?: ImportProgressListener;
}

/**
 * Imports a community from a Stack Exchange dump: accounts, questions, answers, comments, votes, accepted answers and badges, with
 * their times, and what they mean for members as events. Importing again changes nothing; see `runImport` for how it resumes.
 *
 * It is history: nothing is told to the outbox, no points are awarded, nobody is nudged because of it. Memory holds a batch, whatever
 * the size of the dump: ids follow from the dump's numbers, and what a row refers to is looked up a batch at a time.
 */
export async function importStackExchange(
  db: Database,
  { dump, community, name, onProgress }: StackExchangeImport,
  now: Instant,
): Promise<ImportOutcome> {
  const { locale, timeZone } = community;
  const site = await db.transaction(community.id, (tx) =>
    prepareSite(tx, { site: dump.site, name, locale, timeZone, now }),
  );
  return runImport({
    db,
    communityId: community.id,
    source: issuerOfSite(dump.site),
    fingerprint: fingerprintOf(dump),
    passes: passesOf(dump, site),
    now,
    onProgress,
  });
}

/** Each pass needs only what those before it brought. Posts are read three times: an answer may stand before its question. */
function passesOf(dump: StackExchangeDump, site: PreparedSite): readonly Pass[] {
  const pass = <Part extends DumpPart>(
    name: string,
    part: Part,
    load: (tx: Tx, rows: readonly DumpRows[Part][]) => Promise<Loaded>,
    tellsLeftOut = true,
  ) => {
    const bytes = dump.files.find((file) => file.part === part)?.bytes ?? 0;
    return definePass({ name, part, bytes, read: (options) => readDumpRows(dump, part, options), load, tellsLeftOut });
  };
  return [
    pass("users", "users", (tx, rows) => loadUsers(tx, site, rows)),
    pass("questions", "posts", (tx, rows) => loadQuestions(tx, site, rows.filter(isQuestion))),
    pass("answers", "posts", (tx, rows) => loadAnswers(tx, site, rows.filter(isAnswer)), false),
    pass("acceptances", "posts", (tx, rows) => loadAcceptances(tx, site, rows.filter(isQuestion)), false),
    pass("comments", "comments", (tx, rows) => loadComments(tx, site, rows)),
    pass("votes", "votes", (tx, rows) => loadVotes(tx, site, rows)),
    pass("badges", "badges", (tx, rows) => loadBadges(tx, site, rows)),
    pass("post-history", "post-history", (_tx, rows) =>
      leaveOut(rows.map(() => "what posts said before they were edited")),
    ),
  ];
}

async function leaveOut(reasons: readonly string[]): Promise<Loaded> {
  return { rows: tallyRows(reasons.length, 0, countNames(reasons)) };
}

function isQuestion(post: QuestionRow | AnswerRow): post is QuestionRow {
  return post.kind === "question";
}

function isAnswer(post: QuestionRow | AnswerRow): post is AnswerRow {
  return post.kind === "answer";
}

/** Another dump of the same site has other sizes. */
function fingerprintOf({ files }: StackExchangeDump): string {
  const sizes = files.map(({ name, bytes }) => [name, bytes]);
  return createHash("sha256").update(JSON.stringify(sizes)).digest("base64url");
}
