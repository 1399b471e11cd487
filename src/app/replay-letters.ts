import { DOMAIN_EVENT_LETTERS } from "../../workers/worker-process.ts";
import { MALFORMED_SOURCE, type ReplayOutcome, replayMalformed } from "../events/malformed-actions.ts";
import { IMPORT_LETTERS } from "../imports/import-letter-actions.ts";
import { assert } from "../kernel/assert.ts";
import { MAIL_LETTERS, reviveMail } from "../nudges/mail-actions.ts";
import { describeError } from "../platform/log-redaction.ts";
import {
  type DeadLetter,
  type LetterFilter,
  openLetters,
  settleLetter,
} from "../platform/outbox/dead-letter-actions.ts";
import { type OutboxMessage, requeueMessage } from "../platform/outbox/relay-actions.ts";
import type { Workspace } from "./workspace.ts";

/** What became of a letter. Whatever is not `replayed`, `refused` or `taken` waits as before. */
export type LetterOutcome = ReplayOutcome | "import-again" | "failed";

export interface ReplayedLetter {
  readonly letter: DeadLetter;
  readonly outcome: LetterOutcome;
  /** Why it failed, without parameters of SQL or personal data; null unless it did. */
  readonly failure: string | null;
}

const PAGE_LETTERS = 500;

type Means = Pick<Workspace, "db" | "crypto" | "clock">;

/**
 * Tries open letters again, oldest first, each in a transaction of its own: one that fails stands in no other's way, and each is
 * looked at once, so that those that stay do not hide the ones behind them.
 */
export async function* replayLetters(
  means: Means,
  { source, limit }: { readonly source?: string; readonly limit: number },
): AsyncGenerator<ReplayedLetter, void, void> {
  let left = limit;
  let after: LetterFilter["after"];
  while (left > 0) {
    const page = await openLetters(means.db.system, { source, after, limit: Math.min(left, PAGE_LETTERS) });
    if (page.length === 0) return;
    for (const letter of page) yield await replayOne(means, letter);
    left -= page.length;
    after = page.at(-1);
  }
}

async function replayOne(means: Means, letter: DeadLetter): Promise<ReplayedLetter> {
  try {
    return { letter, outcome: await carryOut(means, letter), failure: null };
  } catch (error) {
    return { letter, outcome: "failed", failure: describeError(error) };
  }
}

async function carryOut({ db, crypto, clock }: Means, letter: DeadLetter): Promise<LetterOutcome> {
  const { id, communityId, source } = letter;
  const now = clock();
  switch (source) {
    case IMPORT_LETTERS:
      return "import-again";
    case MALFORMED_SOURCE:
      assert(communityId, "a message's letter belongs to a community");
      return db.transaction(communityId, (tx) => replayMalformed(tx, crypto, id, now));
    case MAIL_LETTERS:
      assert(communityId, "a mail's letter belongs to a community");
      return db.transaction(communityId, async (tx) => {
        if (!(await settleLetter(tx.sql, id, now))) return "taken";
        await reviveMail(tx, letter.reference);
        return "replayed";
      });
    case DOMAIN_EVENT_LETTERS:
      return db.systemTransaction(async (sql) => {
        if (!(await settleLetter(sql, id, now))) return "taken";
        await requeueMessage(sql, letter.payload as OutboxMessage);
        return "replayed";
      });
    default:
      throw new Error(`nothing replays letters of ${source}`);
  }
}
