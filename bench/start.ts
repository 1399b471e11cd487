import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { median } from "./load.ts";
import { atMost, type Target } from "./targets.ts";

const ROUNDS = 3;
const POLL_MS = 20;
const READY_WITHIN_MS = 120_000;
const REPOSITORY = fileURLToPath(new URL("..", import.meta.url));

export interface StartResult {
  readonly name: "start";
  readonly figures: {
    /** Seconds from `npm start` to a 200 of `/readyz`: the first start ever, which fills the demo community, and the next one. */
    readonly coldSeconds: number;
    readonly warmSeconds: number;
    readonly rounds: readonly { readonly cold: number; readonly warm: number }[];
  };
  readonly targets: readonly Target[];
}

/**
 * Starts the product as a newcomer does, `npm start` in the repository after `npm ci`, with a data folder and a temporary folder of its own:
 * tsx keeps what it compiled in the latter, so a cold start compiles everything.
 */
export async function benchStart(rounds = ROUNDS): Promise<StartResult> {
  const measured: { cold: number; warm: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const folder = await mkdtemp(join(tmpdir(), "rekindle-bench-start-"));
    try {
      await mkdir(join(folder, "tmp"));
      measured.push({ cold: await timeStart(folder), warm: await timeStart(folder) });
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    }
  }
  const coldSeconds = median(measured.map(({ cold }) => cold));
  const warmSeconds = median(measured.map(({ warm }) => warm));
  return {
    name: "start",
    figures: { coldSeconds, warmSeconds, rounds: measured },
    targets: [atMost("coldSeconds", coldSeconds, 15), atMost("warmSeconds", warmSeconds, 4)],
  };
}

/** Seconds until `/readyz` says 200; the server is stopped, children included, before this resolves. */
async function timeStart(folder: string): Promise<number> {
  const port = await freePort();
  const { DATABASE_URL, REDIS_URL, ...inherited } = process.env;
  const startedAt = performance.now();
  const server = spawn("npm", ["start"], {
    cwd: REPOSITORY,
    env: { ...inherited, PORT: String(port), REKINDLE_FOLDER: join(folder, "data"), TMPDIR: join(folder, "tmp") },
    stdio: ["ignore", "ignore", "inherit"],
    // A process group of its own, so that it is stopped as a terminal's Ctrl-C would.
    detached: true,
  });
  try {
    await untilReady(server, `http://127.0.0.1:${port}/readyz`);
    return Math.round(performance.now() - startedAt) / 1_000;
  } finally {
    await stop(server);
  }
}

async function untilReady(server: ChildProcess, url: string): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (performance.now() < deadline) {
    if (server.exitCode !== null) throw new Error(`npm start ended with ${server.exitCode}`);
    const status = await fetch(url).then(
      (response) => response.status,
      () => null,
    );
    if (status === 200) return;
    await sleep(POLL_MS);
  }
  throw new Error(`npm start was not ready within ${READY_WITHIN_MS / 1_000} s`);
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.pid === undefined) return;
  const ended = once(server, "exit");
  process.kill(-server.pid, "SIGINT");
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return address.port;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  process.stdout.write(`${JSON.stringify(await benchStart(), null, 2)}\n`);
}
