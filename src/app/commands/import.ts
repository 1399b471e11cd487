import { type Command, Option } from "commander";
import type { EventOptions, StackExchangeOptions } from "../tasks/import-history.ts";
import type { Terminal } from "../terminal.ts";
import { withCommunityOption } from "./arguments.ts";

/** `rekindle import …`: communities and events from elsewhere. */
export function registerImport(program: Command, terminal: Terminal): void {
  const imports = program
    .command("import")
    .description("bring in a community or events from elsewhere; importing twice changes nothing");
  imports
    .command("stackexchange")
    .description("import a Stack Exchange dump: members, questions, answers, comments, votes, acceptances, badges")
    .argument("<dump>", "a folder of its XML files, or a .tar, .tar.xz or .tar.gz of them")
    .option("-c, --community <slug>", "the community to import into, created when missing; the site when left out")
    .option("--site <name>", "the site it is of, when its file name does not tell")
    .option("--name <name>", "what people call the community; its short name when left out")
    .addOption(
      new Option("--locale <locale>", "language of a community it creates").choices(["en", "zh-CN"]).default("en"),
    )
    .option("--time-zone <zone>", "IANA time zone of a community it creates", "UTC")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
Stopped in the middle, even by a power cut, the same command carries on where it was. Broken rows are kept as dead
letters (rekindle dead-letters list --source import). It is history: no points are awarded and nobody is told of it.

Examples:
  rekindle import stackexchange stackexchange_ai_2017-03.tar.xz
  rekindle import stackexchange ./photo.stackexchange.com --community photo --name 摄影`,
    )
    .action(async (dump: string, options: StackExchangeOptions) => {
      const { importDump } = await import("../tasks/import-history.ts");
      await importDump(dump, options, terminal);
    });
  withCommunityOption(imports.command("events"))
    .description("import a log of events: JSON lines or CSV, plain, gzip or xz")
    .argument("<file>", "the log")
    .option(
      "--map <fields>",
      "which columns tell what: memberId, anonymousId, kind, occurredAt, messageId, properties, counts",
      "",
    )
    .option("--kinds <names>", "what the log's kinds are called here; * stands for every other one", "")
    .option(
      "--time <format>",
      "how it writes times: detect, iso, ms, s, or days:YYYY-MM-DD (whole days since)",
      "detect",
    )
    .option("--time-zone <zone>", "IANA time zone of times that name none; the community's when left out")
    .option("--no-create-members", "let events of unknown users wait for them, instead of making members of them")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
Examples:
  rekindle import events segment.jsonl
  rekindle import events clicks.csv.gz --map memberId=user,kind=action,occurredAt=at --kinds play=video.watched
  rekindle import events daily.csv --map memberId=enrollment_id,occurredAt=day,counts=video+problem \\
    --kinds video=video.watched,problem=quiz.submitted --time days:2014-05-01`,
    )
    .action(async (file: string, options: EventOptions) => {
      const { importLog } = await import("../tasks/import-history.ts");
      await importLog(file, options, terminal);
    });
}
