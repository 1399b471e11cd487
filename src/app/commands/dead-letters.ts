import { type Command, Option } from "commander";
import type { DOMAIN_EVENT_LETTERS } from "../../../workers/worker-process.ts";
import type { MALFORMED_SOURCE } from "../../events/malformed-actions.ts";
import type { IMPORT_LETTERS } from "../../imports/import-letter-actions.ts";
import type { MAIL_LETTERS } from "../../nudges/mail-actions.ts";
import type { LetterOptions } from "../tasks/work-on-letters.ts";
import type { Terminal } from "../terminal.ts";
import { readCount } from "./arguments.ts";

/** Every source there is, and what its letters are. The names are those of who buries them; only their types are needed to read them. */
const SOURCES: Readonly<
  Record<typeof MALFORMED_SOURCE | typeof DOMAIN_EVENT_LETTERS | typeof MAIL_LETTERS | typeof IMPORT_LETTERS, string>
> = {
  events: "messages to /v1/batch that could not be read",
  "domain-events": "what happened here and could not be told to who listens",
  email: "e-mails that could not be sent",
  import: "rows of an import that could not be read",
};

/** How many are listed when nobody says how many. */
const LISTED = 100;

/** `rekindle dead-letters …`: what could not be taken in or carried out. */
export function registerDeadLetters(program: Command, terminal: Terminal): void {
  const letters = program.command("dead-letters").description("what could not be taken in or carried out");
  letters
    .addHelpText("after", sourcesHelp())
    .command("list")
    .description("list what waits, oldest first")
    .addOption(sourceOption())
    .option("--limit <count>", "how many", readCount, LISTED)
    .addHelpText("after", sourcesHelp())
    .option("--json", "print JSON, payloads in plain text included")
    .action(async (options: LetterOptions & { limit: number }) => {
      const { listLetters } = await import("../tasks/work-on-letters.ts");
      await listLetters(options, terminal);
    });
  letters
    .command("replay")
    .description("try again what waits; each happens once, however often it is replayed; exit code 1 when one fails")
    .addOption(sourceOption())
    .option("--limit <count>", "how many; all that wait when left out", readCount)
    .option("--json", "print JSON")
    .addHelpText("after", sourcesHelp())
    .action(async (options: LetterOptions) => {
      const { replayOpenLetters } = await import("../tasks/work-on-letters.ts");
      await replayOpenLetters(options, terminal);
    });
}

function sourceOption(): Option {
  return new Option("--source <source>", "only those of this source").choices(Object.keys(SOURCES));
}

function sourcesHelp(): string {
  const lines = Object.entries(SOURCES).map(([name, what]) => `  ${name.padEnd(15)}${what}`);
  return `\nSources:\n${lines.join("\n")}`;
}
