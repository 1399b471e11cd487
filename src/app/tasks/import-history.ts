import type { Locale } from "../../../drizzle/tables/identity.ts";
import { type Community, communityById, communityBySlug } from "../../identity/community-queries.ts";
import { importEvents } from "../../imports/event-import.ts";
import { parseEventMapping, parseKindNames } from "../../imports/event-mapping-rules.ts";
import { parseTimeReading } from "../../imports/event-time-rules.ts";
import type { ImportOutcome, ImportReport } from "../../imports/run-import.ts";
import { openStackExchangeDump } from "../../imports/stackexchange-dump.ts";
import { importStackExchange } from "../../imports/stackexchange-import.ts";
import { assert } from "../../kernel/assert.ts";
import { addDays, type Day, dayIn, daysBetween } from "../../kernel/calendar.ts";
import { provisionCommunity } from "../provisioning.ts";
import type { Terminal } from "../terminal.ts";
import type { Workspace } from "../workspace.ts";
import { chooseCommunity, withWorkspace } from "./session.ts";

export interface StackExchangeOptions {
  readonly community?: string;
  readonly site?: string;
  readonly name?: string;
  readonly locale: Locale;
  readonly timeZone: string;
  readonly json?: boolean;
}

export interface EventOptions {
  readonly community?: string;
  readonly map: string;
  readonly kinds: string;
  readonly time: string;
  readonly timeZone?: string;
  readonly createMembers: boolean;
  readonly json?: boolean;
}

/** Imports a Stack Exchange dump, into a community that is created when missing. */
export async function importDump(path: string, options: StackExchangeOptions, terminal: Terminal): Promise<void> {
  const checking = terminal.progress("checking the dump", "bytes");
  const onCheck = ({ bytesRead, bytesTotal }: { bytesRead: number; bytesTotal: number }) =>
    checking.update(bytesRead, bytesTotal);
  // Before the database is touched: a dump that cannot be read leaves no empty community behind.
  const dump = await openStackExchangeDump(path, { site: options.site, onCheck }).finally(() => checking.stop());
  await withWorkspace(terminal, async (workspace) => {
    const { db, clock } = workspace;
    const community = await ensureCommunity(workspace, options.community ?? dump.site, options, terminal);
    const startedMs = performance.now();
    const progress = terminal.progress("importing", "bytes");
    const outcome = await importStackExchange(
      db,
      { dump, community, name: community.name, onProgress: (done, total) => progress.update(done, total) },
      clock(),
    ).finally(() => progress.stop());
    present(outcome, community, performance.now() - startedMs, options, terminal);
  });
}

/** Imports a log of events. */
export async function importLog(path: string, options: EventOptions, terminal: Terminal): Promise<void> {
  const mapping = parseEventMapping(options.map);
  const kindNames = parseKindNames(options.kinds);
  await withWorkspace(terminal, async (workspace) => {
    const { db, clock } = workspace;
    const community = await chooseCommunity(workspace, options.community, terminal);
    const time = parseTimeReading(options.time, options.timeZone ?? community.timeZone);
    const startedMs = performance.now();
    const progress = terminal.progress("importing", "bytes");
    const outcome = await importEvents(
      db,
      {
        path,
        reading: { mapping, kindNames, time },
        community,
        createMembers: options.createMembers,
        onProgress: (done, total) => progress.update(done, total),
      },
      clock(),
    ).finally(() => progress.stop());
    present(outcome, community, performance.now() - startedMs, options, terminal);
  });
}

async function ensureCommunity(
  workspace: Workspace,
  slug: string,
  { name = slug, locale, timeZone }: StackExchangeOptions,
  terminal: Terminal,
): Promise<Community> {
  const { db, clock } = workspace;
  const known = await communityBySlug(db.system, slug);
  if (known !== null) return known;
  const id = await provisionCommunity(workspace, { slug, name, locale, timeZone }, clock());
  terminal.note(`Created community ${slug}.`);
  const created = await communityById(db.system, id);
  assert(created, "a community that was created can be read");
  return created;
}

function present(
  outcome: ImportOutcome,
  community: Community,
  ms: number,
  { json }: { readonly json?: boolean },
  terminal: Terminal,
): void {
  if (outcome.kind === "already-running") {
    terminal.exitCode = 1;
    terminal.complain(`Something is being imported into ${community.slug} already: wait until that is done.`);
    return;
  }
  const seconds = Math.round(ms) / 1_000;
  const next = nextCommand(outcome, community);
  if (json) {
    terminal.printJson({ community: community.slug, seconds, ...outcome, next });
    return;
  }
  if (outcome.resumed)
    terminal.print("Carried on where an earlier import was stopped; the figures are of both together.\n");
  printReport(outcome, seconds, terminal);
  terminal.print("\nHistory awards no points and tells nobody.");
  if (next !== null) terminal.print(`Next: ${next}`);
}

function printReport({ parts, made, broken }: ImportReport, seconds: number, terminal: Terminal): void {
  const totals = Object.entries(parts).map(([part, rows]) => ({ part, ...rows, left: sum(rows.leftOut) }));
  terminal.printTable(
    ["part", "rows", "imported", "already there", "left out"],
    totals.map(({ part, read, imported, alreadyThere, left }) => [part, read, imported, alreadyThere, left]),
  );
  const reasons = totals.flatMap(({ part, leftOut }) =>
    Object.entries(leftOut).map(([why, rows]) => [part, rows, why]),
  );
  if (reasons.length > 0) {
    terminal.print("\nLeft out\n");
    terminal.printTable(["part", "rows", "why"], reasons);
  }
  const rows = totals.reduce((total, { read }) => total + read, 0);
  const what = Object.entries(made).map(([name, count]) => `${name} ${count}`);
  terminal.print(`\nNew: ${what.join(", ") || "nothing"}.`);
  terminal.print(`${rows} rows in ${seconds.toFixed(1)} s.`);
  if (broken > 0) terminal.print(`${broken} rows could not be read: rekindle dead-letters list --source import`);
}

/** Outcomes take 30 days, so a day that lies as long before the end of the history shows how they came out. */
const OUTCOME_DAYS = 30;
const LONG_HISTORY_DAYS = 3 * OUTCOME_DAYS;

function nextCommand({ span }: ImportReport, { slug, timeZone }: Community): string | null {
  if (span === null) return null;
  const first: Day = dayIn(timeZone, new Date(span.from));
  const last: Day = dayIn(timeZone, new Date(span.to));
  const asOf = daysBetween(first, last) >= LONG_HISTORY_DAYS ? addDays(last, -OUTCOME_DAYS) : last;
  return `rekindle pipeline run --community ${slug} --as-of ${asOf}`;
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
