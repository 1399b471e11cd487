import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { claimName, isClaimAlive } from "./process-identity.ts";

const POLL_MS = 15;
const NUMBER_DIGITS = 12;
const CHOOSING = "choosing.";

/**
 * Runs `work` while no other process (nor another call in this one) runs work under the same folder.
 *
 * Lamport's bakery, with files for tickets: take a number above every number seen, then wait for the lower ones. Nothing is
 * ever taken over, so there is no moment in which two could take over the same stale lock: a ticket of a dead process is
 * passed by, whoever sees it, and a dead process never comes back to life. Survives `kill -9` at any line.
 */
export async function withProcessLock<T>(folder: string, waitMsMax: number, work: () => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true });
  const ticket = await takeTicket(folder);
  try {
    await waitForTurn(folder, ticket, Date.now() + waitMsMax);
    return await work();
  } finally {
    await rm(join(folder, ticket), { force: true });
  }
}

/** While the number is being chosen a `choosing.` file says so: others wait, for it may turn out lower than theirs. */
async function takeTicket(folder: string): Promise<string> {
  const claim = await claimName();
  const choosing = join(folder, CHOOSING + claim);
  await writeFile(choosing, "");
  try {
    const taken = (await readdir(folder)).map((name) => Number.parseInt(name, 10)).filter(Number.isFinite);
    const ticket = `${String(Math.max(0, ...taken) + 1).padStart(NUMBER_DIGITS, "0")}.${claim}`;
    await writeFile(join(folder, ticket), "");
    return ticket;
  } finally {
    await rm(choosing, { force: true });
  }
}

/**
 * Two listings, in this order: one that shows nobody choosing, then one for the numbers. A single listing could miss a
 * process that changes from choosing to waiting while the folder is being read.
 */
async function waitForTurn(folder: string, ticket: string, deadlineMs: number): Promise<void> {
  for (;;) {
    const ahead =
      (await firstAlive(folder, (name) => name.startsWith(CHOOSING))) ??
      (await firstAlive(folder, (name) => name < ticket));
    if (ahead === null) return;
    if (Date.now() > deadlineMs) throw new Error(`process ${pidOf(ahead)} has held ${folder} for too long`);
    await sleep(POLL_MS);
  }
}

/** The first of the names whose process lives; files of dead processes are cleared away. */
async function firstAlive(folder: string, isAhead: (name: string) => boolean): Promise<string | null> {
  for (const name of (await readdir(folder)).filter(isAhead)) {
    if (await isClaimAlive(claimOf(name))) return name;
    await rm(join(folder, name), { force: true });
  }
  return null;
}

function claimOf(name: string): string {
  return name.slice(name.indexOf(".") + 1);
}

function pidOf(name: string): string {
  return claimOf(name).split(".")[0]!;
}
