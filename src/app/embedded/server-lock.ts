import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { identifyProcess, isAlive, type ProcessIdentity } from "./process-identity.ts";
import { withProcessLock } from "./process-lock.ts";

const WAIT_MS_MAX = 10_000;

/** Another server runs in the folder. The message is for the person who typed the command. */
export class AlreadyRunning extends Error {
  override readonly name = "AlreadyRunning";

  constructor(
    readonly pid: number,
    readonly addresses: readonly string[],
    readonly folder: string,
  ) {
    const at = addresses.length > 0 ? `, at ${addresses.join(" and ")}` : "";
    super(
      `Rekindle is already running in ${folder}: process ${pid}${at}.\n` +
        `Use that one, stop it (kill ${pid}), or start another beside it: REKINDLE_FOLDER=.rekindle-2 PORT=4001 npm start`,
    );
  }
}

export interface ServerLock {
  /** Notes where this server answers, for whoever tries to start a second one. */
  recordAddresses(addresses: readonly string[]): Promise<void>;
  release(): Promise<void>;
}

/**
 * Makes this process the one server of `folder`, until it releases or ends; what a killed one left is seen through.
 *
 * @throws AlreadyRunning with the pid and the addresses of the server that is there.
 */
export async function lockServer(folder: string): Promise<ServerLock> {
  const home = resolve(folder);
  const file = join(home, "server.json");
  const exclusively = <T>(work: () => Promise<T>) => withProcessLock(join(home, "server.lock"), WAIT_MS_MAX, work);
  const self: ProcessIdentity = (await identifyProcess(process.pid)) ?? { pid: process.pid, start: "unknown" };

  await exclusively(async () => {
    const holder = await readRecord(file);
    if (holder !== null && (await isAlive(holder))) throw new AlreadyRunning(holder.pid, holder.addresses, home);
    await writeRecord(file, { ...self, addresses: [] });
  });
  let held = true;
  return {
    recordAddresses: (addresses) =>
      exclusively(async () => {
        if (held) await writeRecord(file, { ...self, addresses });
      }),
    release: () =>
      exclusively(async () => {
        if (held) await rm(file, { force: true });
        held = false;
      }),
  };
}

type ServerRecord = ProcessIdentity & { readonly addresses: readonly string[] };

/** Whole or not at all: a reader never sees half a record. */
async function writeRecord(file: string, record: ServerRecord): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(record));
  await rename(`${file}.new`, file);
}

/** Null when there is none, or none that we wrote. */
async function readRecord(file: string): Promise<ServerRecord | null> {
  try {
    const { pid, start, addresses }: Partial<ServerRecord> = JSON.parse(await readFile(file, "utf8"));
    if (typeof pid !== "number" || typeof start !== "string") return null;
    return { pid, start, addresses: Array.isArray(addresses) ? addresses.map(String) : [] };
  } catch {
    return null;
  }
}
