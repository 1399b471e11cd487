import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { claimName, isClaimAlive } from "./process-identity.ts";

/** One process's use of the shared server; the last one out stops it. The caller of every function holds the start lock. */
export interface Lease {
  drop(): Promise<void>;
}

/** Takes a lease for this process. One that dies without dropping it is no longer counted, and its file goes away. */
export async function takeLease(folder: string): Promise<Lease> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, await claimName());
  await writeFile(file, "");
  return { drop: () => rm(file, { force: true }) };
}

/** How many living processes hold a lease (one that holds two counts twice). */
export async function countLeases(folder: string): Promise<number> {
  let alive = 0;
  for (const claim of await readdir(folder).catch(() => [])) {
    if (await isClaimAlive(claim)) alive += 1;
    else await rm(join(folder, claim), { force: true });
  }
  return alive;
}
