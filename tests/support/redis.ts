import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, inject } from "vitest";

/** A Redis of the test file's own: durable and never evicting, as production's must be. */
export interface TestRedis {
  readonly url: string;
  /** Ends the server as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again over what it had kept. */
  start(): Promise<void>;
}

const START_MS_MAX = 20_000;

const BINARY = findBinary();

/**
 * A `describe` of tests that need Redis, with a server for them. Where none is installed they are skipped, and the name says why.
 * @param isNamed what is tested, such as "RedisPubSub".
 */
export function describeWithRedis(isNamed: string, tests: (redis: TestRedis) => void): void {
  if (BINARY === null) {
    describe.skip(`${isNamed} [skipped: redis-server is not installed; on Debian, apt-get install redis-server]`, () =>
      tests({ url: "redis://127.0.0.1:1", kill: async () => {}, start: async () => {} }));
    return;
  }
  describe(isNamed, () => {
    const server = new RedisServer(BINARY);
    beforeAll(() => server.open());
    afterAll(() => server.close());
    tests(server);
  });
}

class RedisServer implements TestRedis {
  readonly #binary: string;
  #folder = "";
  #port = 0;
  #guard: ChildProcess | null = null;

  constructor(binary: string) {
    this.#binary = binary;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`;
  }

  async open(): Promise<void> {
    this.#folder = await mkdtemp(join(inject("scratchFolder"), "redis-"));
    for (let tries = 0; ; tries += 1) {
      this.#port = await freePort();
      try {
        return await this.start();
      } catch (error) {
        // Somebody else may have taken the port meanwhile.
        if (tries === 3) throw error;
      }
    }
  }

  async start(): Promise<void> {
    const log = join(this.#folder, "redis.log");
    const settings = {
      port: String(this.#port),
      bind: "127.0.0.1",
      dir: this.#folder,
      logfile: log,
      "maxmemory-policy": "noeviction",
      appendonly: "yes",
      appendfsync: "everysec",
      save: "",
    };
    const parameters = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
    this.#guard = guarded([this.#binary, ...parameters]);
    if (await answers(this.url, this.#guard)) return;
    await this.kill();
    throw new Error(`redis-server did not start:\n${await readFile(log, "utf8").catch(() => "(no log)")}`);
  }

  async kill(): Promise<void> {
    const guard = this.#guard;
    this.#guard = null;
    if (guard === null || guard.exitCode !== null) return;
    const ended = new Promise((resolve) => guard.once("exit", resolve));
    guard.stdin?.end();
    await ended;
  }

  async close(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Runs a program that is killed outright when our end of its guard's input closes: on purpose, or because we are gone. */
function guarded(command: readonly string[]): ChildProcess {
  const script = '"$@" >/dev/null 2>&1 & cat >/dev/null; kill -9 $!; wait $! 2>/dev/null; exit 0';
  return spawn("/bin/sh", ["-c", script, "guard", ...command], { stdio: ["pipe", "ignore", "ignore"] });
}

async function answers(url: string, guard: ChildProcess): Promise<boolean> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: null, maxRetriesPerRequest: 0 });
  redis.on("error", () => {});
  try {
    for (const deadline = Date.now() + START_MS_MAX; Date.now() < deadline; await sleep(20)) {
      if (guard.exitCode !== null) return false;
      const answer = await redis
        .connect()
        .then(() => redis.ping())
        .catch(() => null);
      if (answer === "PONG") return true;
    }
    return false;
  } finally {
    redis.disconnect();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

function findBinary(): string | null {
  const folders = (process.env.PATH ?? "").split(delimiter).concat("/usr/bin", "/usr/local/bin");
  for (const folder of folders) {
    const file = join(folder, "redis-server");
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}
