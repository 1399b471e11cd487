import { setImmediate } from "node:timers/promises";
import { ingestEvents } from "../events/ingest-actions.ts";
import type { Id } from "../kernel/ids.ts";
import { addMs, DAY_MS, type Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import { insertRows, settleCounters } from "./load-actions.ts";
import { type LoadRows, RecordReader } from "./load-rows.ts";
import type { Simulation } from "./simulate.ts";

export interface LoadOptions {
  /** What is loaded is received now. */
  readonly now: Instant;
  /** Issuers whose subject for each member is the simulation's key. */
  readonly issuers: readonly string[];
  /** Domain events of so many days before `now` are told through the outbox, for points and badges. */
  readonly toldDays: number;
}

export interface LoadedCommunity {
  /** Rows by table, and how many domain events were told. */
  readonly counts: Readonly<Record<keyof LoadRows, number>>;
  /** The member's id for a key of the simulation. */
  memberId(key: string): Id;
}

/** Statements take about so many rows: enough to cost little each, few enough for memory not to notice. */
const BATCH_ROWS = 3_000;
/** How many records are read before a statement on its way may go on. */
const BREATH_RECORDS = 200;

/**
 * Loads a simulated community, read from its records, into the community that `tx` is open for: spaces, members with identities,
 * threads, posts, votes, acceptances and events, with every counter as the product keeps it. One batch is simulated while
 * the one before is inserted.
 *
 * Older history earned nothing: points and badges come from the ledger's own rules as the workers take in what was told.
 */
export async function loadSimulation(tx: Tx, simulation: Simulation, options: LoadOptions): Promise<LoadedCommunity> {
  const { now, issuers, toldDays } = options;
  const reader = new RecordReader({ communityId: tx.communityId, now, tellFrom: addMs(now, -toldDays * DAY_MS) });
  const counts = { spaces: 0, members: 0, threads: 0, posts: 0, votes: 0, acceptances: 0, events: 0, told: 0 };
  let underway: Promise<void> = Promise.resolve();
  const flush = async () => {
    await underway;
    const rows = reader.take();
    for (const table of Object.keys(counts) as (keyof LoadRows)[]) counts[table] += rows[table].length;
    underway = insert(tx, rows, { now, issuers });
    // Whoever awaits it next hears of a failure; until then it must not end the process.
    underway.catch(() => {});
  };
  let read = 0;
  for (const record of simulation.records) {
    reader.read(record);
    read += 1;
    if (read % BREATH_RECORDS === 0) await setImmediate();
    if (read % BATCH_ROWS === 0) await flush();
  }
  await flush();
  await underway;
  await settleCounters(tx);
  return { counts, memberId: (key) => reader.memberId(key) };
}

async function insert(tx: Tx, rows: LoadRows, options: Pick<LoadOptions, "now" | "issuers">): Promise<void> {
  await insertRows(tx, rows, options.issuers, options.now);
  await ingestEvents(tx, rows.events);
}
