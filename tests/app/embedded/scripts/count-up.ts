import { readFile, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { withProcessLock } from "../../../../src/app/embedded/process-lock.ts";

/** Adds one to the number in a file, again and again, by reading, waiting and writing: only a lock makes that add up. */
const [folder, file, times] = process.argv.slice(2) as [string, string, string];
process.stdout.write(`${JSON.stringify({ counting: true })}\n`);
for (let i = 0; i < Number(times); i += 1) {
  await withProcessLock(folder, 60_000, async () => {
    const count = Number(await readFile(file, "utf8"));
    await sleep(1);
    await writeFile(file, String(count + 1));
  });
}
process.exit();
