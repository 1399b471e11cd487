import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { beforeEach, describe, expect } from "vitest";
import { acquirePostgres, stopOrphan } from "../../src/app/embedded/embedded-postgres.ts";
import { brokenInvariants } from "../support/invariants.ts";
import { describeWithRedis } from "../support/redis.ts";
import { runRekindle } from "../support/rekindle-process.ts";
import { ask, askSurely, SPACE_CREATE, THREAD_CREATE } from "./asking.ts";
import { endFacesAfterEach, killTree, startServer, until } from "./faces.ts";
import { itForSeeds, report, rounds } from "./seeds.ts";

const WRITERS = rounds(16, 32);
const KILLS = rounds(2, 5);
const RECOVERED_MS_MAX = 60_000;

describe("a PostgreSQL that is killed under writers, queues on PostgreSQL", () => tests(() => ""));
describeWithRedis("a PostgreSQL that is killed under writers, queues on Redis", (redis) => tests(() => redis.url));

function tests(redisUrl: () => string): void {
  let folder = "";
  // On a disk, with fsync on, as a person's is.
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "rekindle-killed-"));
    return async () => {
      await stopOrphan(folder);
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    };
  });
  endFacesAfterEach();

  itForSeeds(
    "loses nothing that was acknowledged, and the server mends itself",
    { timeoutMs: 240_000, soaking: 5 },
    async (rng) => {
      const env = { REKINDLE_FOLDER: folder, REDIS_URL: redisUrl() };
      const created = await runRekindle(["community", "create", "killed", "--name", "Killed"], env);
      expect(created.code, created.stderr).toBe(0);
      const { address, token, output } = await startServer([], env);
      const space = { input: { slug: "python-101", name: "Python", kind: "COURSE" } };
      const spaceId = (await askSurely(address, token("operator"), SPACE_CREATE, space)).spaceCreate.space.id;

      const acknowledged: string[] = [];
      let unanswered = 0;
      let writing = true;
      const write = async (writer: number) => {
        for (let n = 0; writing; n += 1) {
          const title = `Thread ${writer}-${n}`;
          const input = { spaceId, kind: "DISCUSSION", title, body: "Still here?", tags: [] };
          const asked = await ask(address, token("member"), THREAD_CREATE, { input });
          if (asked.kind === "answered" && asked.data.threadCreate.thread !== null) acknowledged.push(title);
          else {
            unanswered += 1;
            await sleep(20);
          }
        }
      };
      const writers = Array.from({ length: WRITERS }, (_, writer) => write(writer));
      const recoveries: number[] = [];
      for (let kill = 0; kill < KILLS; kill += 1) {
        const aim = acknowledged.length + 50;
        await until("writers at work", RECOVERED_MS_MAX, () => acknowledged.length >= aim || acknowledged.length);
        await sleep(rng.below(500));
        const { processId, release } = await acquirePostgres({ folder });
        await killTree(processId);
        const before = acknowledged.length;
        recoveries.push(
          await until("writes are answered again", RECOVERED_MS_MAX, () => acknowledged.length > before + WRITERS),
        );
        await release();
      }
      writing = false;
      await Promise.all(writers);

      const postgres = await acquirePostgres({ folder });
      const owner = new pg.Pool({ connectionString: postgres.url, max: 2 });
      try {
        const { rows } = await owner.query<{ title: string }>("select title from threads");
        const kept = new Set(rows.map((row) => row.title));
        expect(acknowledged.filter((title) => !kept.has(title))).toEqual([]);
        const drainedMs = await until("the workers are done", RECOVERED_MS_MAX, async () => {
          const { rows: left } = await owner.query("select id from outbox");
          return left.length === 0 || left.length;
        });
        const { rows: told } = await owner.query<{ events: number; threads: number }>(
          `select (select count(*)::int from events where kind = 'discussion.started') as events,
                  (select count(*)::int from threads) as threads`,
        );
        expect(told[0]?.events).toBe(told[0]?.threads);
        expect(await brokenInvariants(owner)).toEqual([]);
        const seconds = recoveries.map((ms) => (ms / 1_000).toFixed(1)).join(", ");
        report(
          `${redisUrl() === "" ? "PostgreSQL" : "Redis"}: ${KILLS} kills under ${WRITERS} writers; ${acknowledged.length} acknowledged, 0 lost, ` +
            `${unanswered} unanswered; answering again after ${seconds} s; workers done after ${(drainedMs / 1_000).toFixed(1)} s`,
        );
      } catch (error) {
        throw new Error(
          `${error instanceof Error ? error.message : error}\nThe server said:\n${output().slice(-3_000)}`,
        );
      } finally {
        await owner.end();
        await postgres.release();
      }
    },
  );
}
