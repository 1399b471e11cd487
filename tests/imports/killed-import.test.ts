import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { communityById } from "../../src/identity/community-queries.ts";
import { openStackExchangeDump } from "../../src/imports/stackexchange-dump.ts";
import { importStackExchange } from "../../src/imports/stackexchange-import.ts";
import { useDatabase } from "../support/test-database.ts";
import { anEmptyCommunity } from "../support/value-builders.ts";
import { generatedDump } from "./generated-dump.ts";
import { tarOf, useFolder } from "./import-files.ts";
import { importedState } from "./import-state.ts";

const test = useDatabase();
const folder = useFolder();
const NOW = new Date("2026-03-01T08:00:00.000Z");
const SCRIPT = fileURLToPath(new URL("./scripts/import-dump.ts", import.meta.url));

async function importHere(path: string, communityId: string) {
  const community = (await communityById(test.db.system, communityId))!;
  const dump = await openStackExchangeDump(path, { site: "generated" });
  const outcome = await importStackExchange(test.db, { dump, community, name: "generated" }, NOW);
  if (outcome.kind !== "imported") throw new Error(outcome.kind);
  return outcome;
}

/** Begins the import in a process of its own and kills that as soon as it has told of `batches` batches: it is in the next by then. */
async function importUntilKilled(path: string, communityId: string, batches: number): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, ["--import", "tsx", SCRIPT, test.url, path, communityId, NOW.toISOString()], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once("exit", (_code, signal) => resolve(signal)));
  let told = 0;
  for await (const _line of createInterface({ input: child.stdout })) {
    told += 1;
    if (told === batches) child.kill("SIGKILL");
  }
  return ended;
}

/** The lock of a killed process goes with its connection, which the server notices a moment later. */
async function untilUnlocked(communityId: string): Promise<void> {
  for (;;) {
    const free = await test.db.exclusively(`import:${communityId}`, async () => {});
    if (free.held) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe("an import that is killed", () => {
  it("carries on behind its last batch each time, and ends as if it had never been stopped", async () => {
    const files = generatedDump(5, { users: 1_200, posts: 2_200, comments: 1_200, votes: 2_200, badges: 600 });
    const path = await folder.write("killed.tar", await tarOf(files));
    const straight = await anEmptyCommunity(test, NOW);
    const expected = await importHere(path, straight);

    const interrupted = await anEmptyCommunity(test, NOW);
    for (const batches of [2, 4, 3]) {
      expect(await importUntilKilled(path, interrupted, batches)).toBe("SIGKILL");
      await untilUnlocked(interrupted);
    }
    const outcome = await importHere(path, interrupted);
    expect(outcome).toEqual({ ...expected, resumed: true });
    expect(await importedState(test, interrupted)).toEqual(await importedState(test, straight));
    const runs = await test.rows("select finished_at from import_runs where community_id = $1", [interrupted]);
    expect(runs).toEqual([{ finished_at: NOW }]);
  }, 120_000);
});
