import { MALFORMED_SOURCE, readLetter } from "../../events/malformed-actions.ts";
import type { Crypto } from "../../platform/crypto.ts";
import { describeError } from "../../platform/log-redaction.ts";
import { type DeadLetter, openLetters } from "../../platform/outbox/dead-letter-actions.ts";
import { type LetterOutcome, replayLetters } from "../replay-letters.ts";
import type { Terminal } from "../terminal.ts";
import { withWorkspace } from "./session.ts";

export interface LetterOptions {
  readonly source?: string;
  readonly limit?: number;
  readonly json?: boolean;
}

/** Prints what waits, oldest first. */
export async function listLetters(options: LetterOptions & { limit: number }, terminal: Terminal): Promise<void> {
  await withWorkspace(terminal, async ({ db, crypto }) => {
    const open = await openLetters(db.system, { source: options.source, limit: options.limit });
    if (options.json) {
      return terminal.printJson(open.map((letter) => ({ ...letter, payload: plainPayload(letter, crypto) })));
    }
    if (open.length === 0) return terminal.print("Nothing waits.");
    terminal.printTable(
      ["id", "source", "about", "since", "why"],
      open.map(({ id, source, reference, failedAt, error }) => [
        id,
        source,
        reference,
        failedAt.toISOString(),
        error.slice(0, 80),
      ]),
    );
  });
}

/** Who works here holds the keys; what cannot be decrypted is told, and hides no other letter. */
function plainPayload({ source, payload }: DeadLetter, crypto: Crypto): unknown {
  if (source !== MALFORMED_SOURCE) return payload;
  try {
    return readLetter(crypto, payload);
  } catch (error) {
    return { unreadable: describeError(error) };
  }
}

/** What each outcome says to the person, after how many letters had it. */
const SENTENCES: Readonly<Record<LetterOutcome, string>> = {
  replayed: "replayed.",
  malformed: "still cannot be read: their senders mend them and send them again.",
  refused: "closed: their senders may not send them.",
  "import-again": "of an import: mend the rows and import the file again.",
  taken: "replayed elsewhere meanwhile.",
  failed: "failed and wait as before:",
};

type Counts = Record<LetterOutcome, number>;

/** Tries again what waits, and tells what became of it. */
export async function replayOpenLetters(options: LetterOptions, terminal: Terminal): Promise<void> {
  const limit = options.limit ?? Number.POSITIVE_INFINITY;
  await withWorkspace(terminal, async (workspace) => {
    const counts = Object.fromEntries(Object.keys(SENTENCES).map((outcome) => [outcome, 0])) as Counts;
    const failed: { id: string; source: string; reference: string; why: string }[] = [];
    for await (const { letter, outcome, failure } of replayLetters(workspace, { ...options, limit })) {
      counts[outcome] += 1;
      const { id, source, reference } = letter;
      if (failure !== null) failed.push({ id, source, reference, why: failure });
    }
    if (failed.length > 0) terminal.exitCode = 1;
    if (options.json) return terminal.printJson({ counts, failed });
    const outcomes = Object.entries(counts) as [LetterOutcome, number][];
    const met = outcomes.filter(([, count]) => count > 0);
    if (met.length === 0) return terminal.print("Nothing waits.");
    for (const [outcome, count] of met) terminal.print(`${count} ${SENTENCES[outcome]}`);
    for (const { id, source, reference, why } of failed) terminal.print(`  ${id}  ${source}  ${reference}: ${why}`);
  });
}
