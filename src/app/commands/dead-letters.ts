import type { Command } from "commander";
import { DOMAIN_EVENT_LETTERS } from "../../../workers/worker-process.ts";
import { MALFORMED_SOURCE, replayMalformed } from "../../events/malformed-actions.ts";
import { assert } from "../../kernel/assert.ts";
import { MAIL_LETTERS, reviveMail } from "../../nudges/mail-actions.ts";
import { type DeadLetter, openLetters, settleLetter } from "../../platform/outbox/dead-letter-actions.ts";
import { type OutboxMessage, requeueMessage } from "../../platform/outbox/relay-actions.ts";
import type { Terminal } from "../terminal.ts";
import type { Workspace } from "../workspace.ts";
import { readCount } from "./arguments.ts";
import { withWorkspace } from "./session.ts";

interface LetterOptions {
  readonly source?: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** `rekindle dead-letters …`: what could not be taken in or carried out. */
export function registerDeadLetters(program: Command, terminal: Terminal): void {
  const letters = program.command("dead-letters").description("what could not be taken in or carried out");
  letters
    .command("list")
    .description("list what waits, oldest first")
    .option("--source <source>", "only events, domain-events or email")
    .option("--limit <count>", "how many", readCount, 100)
    .option("--json", "print JSON, payloads included")
    .action(async (options: LetterOptions) => {
      await withWorkspace(terminal, async ({ db }) => {
        const open = await openLetters(db.system, options);
        if (options.json) return terminal.printJson(open);
        if (open.length === 0) return terminal.print("Nothing waits.");
        terminal.printTable(
          ["id", "source", "about", "since", "why"],
          open.map((letter) => [
            letter.id,
            letter.source,
            letter.reference,
            letter.failedAt.toISOString(),
            letter.error.slice(0, 80),
          ]),
        );
      });
    });
  letters
    .command("replay")
    .description("try again what waits; each happens once, however often it is replayed")
    .option("--source <source>", "only events, domain-events or email")
    .option("--limit <count>", "how many", readCount, 1_000)
    .action(async (options: LetterOptions) => {
      await withWorkspace(terminal, async (workspace) => {
        const open = await openLetters(workspace.db.system, options);
        const replayed = await replay(workspace, open);
        terminal.print(`${replayed} of ${open.length} replayed.`);
        if (replayed < open.length)
          terminal.note("The others are still as they were: `rekindle dead-letters list` tells why.");
      });
    });
}

async function replay({ db, clock }: Workspace, open: readonly DeadLetter[]): Promise<number> {
  let replayed = 0;
  for (const letter of open) {
    const now = clock();
    const { communityId } = letter;
    assert(communityId, "a dead letter belongs to a community");
    switch (letter.source) {
      case MALFORMED_SOURCE:
        replayed += (await db.transaction(communityId, (tx) => replayMalformed(tx, { ids: [letter.id] }, now)))
          .replayed;
        break;
      case MAIL_LETTERS:
        await db.transaction(communityId, async (tx) => {
          await reviveMail(tx, letter.reference);
          await settleLetter(tx.sql, letter.id, now);
        });
        replayed += 1;
        break;
      case DOMAIN_EVENT_LETTERS:
        await db.systemTransaction(async (sql) => {
          await requeueMessage(sql, letter.payload as OutboxMessage);
          await settleLetter(sql, letter.id, now);
        });
        replayed += 1;
        break;
    }
  }
  return replayed;
}
