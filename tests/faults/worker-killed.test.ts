import { join } from "node:path";
import { describe, expect, inject } from "vitest";
import { describeOnBothBackends } from "../workers/queue-backends.ts";
import { aCrowd, type Crowd } from "./crowd.ts";
import { type Face, startFace, until } from "./faces.ts";
import { itForSeeds, report, rounds } from "./seeds.ts";

const KILLS = 3;
const STARTED_MS_MAX = 60_000;
/** What must hold wherever the tests run; what it takes here is reported, and is to be below 15 s on two cores that are not starved. */
const DRAINED_MS_MAX = 60_000;

// At the same time: much of it is waiting for the locks of dead workers to run out.
describe.concurrent("a worker", () => {
  describeOnBothBackends("that is killed in mid-batch", ({ test, redis }) => {
    /** A worker whose connections bear its name, so that PostgreSQL can tell what it is about. */
    const startWorker = (name: string): Face => {
      const address = new URL(test.url);
      address.searchParams.set("application_name", name);
      return startFace(["start", "--only", "worker", "--no-demo"], {
        REKINDLE_FOLDER: join(inject("scratchFolder"), "worker-killed"),
        DATABASE_URL: address.href,
        REDIS_URL: redis?.url ?? "",
      });
    };
    const count = async (query: string, values: unknown[]) =>
      (await test.rows<{ count: number }>(`select count(*)::int as count from ${query}`, values))[0]?.count ?? 0;
    const listens = (name: string) =>
      count("pg_stat_activity where application_name = $1 and query = 'listen rekindle_outbox'", [name]);
    /** How many messages it has claimed in transactions that have not committed. */
    const inHand = (name: string) =>
      count(
        `pg_locks join pg_stat_activity using (pid)
         where application_name = $1 and relation = 'processed_messages'::regclass and mode = 'RowExclusiveLock'`,
        [name],
      );
    const claimed = (which = "true") => count(`processed_messages where ${which}`, []);

    itForSeeds("loses no effect, and none happens twice", { timeoutMs: 180_000, soaking: 10 }, async (rng) => {
      const now = new Date();
      const workers: Face[] = [];
      const nameOf = (n: number) => `worker-${now.getTime()}-${n}`;
      const start = () => workers.push(startWorker(nameOf(workers.length)));
      try {
        start();
        start();
        const size = rounds(30, 200);
        const crowds: Crowd[] = [];
        for (let n = 0; n < KILLS; n += 1) crowds.push(await aCrowd(test, size, now));
        const unfinished = async () => {
          const each = await Promise.all(crowds.map((crowd) => crowd.unfinished()));
          return each.reduce((sum, left) => sum + left, 0);
        };
        let left = 0;
        for (const [kill, crowd] of crowds.entries()) {
          const target = nameOf(kill);
          const { child, output, ended } = workers[kill] as Face;
          await Promise.race([
            until(`${target} is up`, STARTED_MS_MAX, async () => (await listens(target)) > 0 || output()),
            ended.then((code) => {
              // Killed by us it has ended too, when nobody waits for this any more.
              if (!child.killed) throw new Error(`${target} ended with ${code}:\n${output()}`);
            }),
          ]);
          const aim = (await claimed()) + rng.int(10, 3 * size);
          const acting = crowd.act(now);
          await until(
            `${target} is at work`,
            STARTED_MS_MAX,
            async () => (await claimed()) >= aim && (await inHand(target)) >= 3,
            10,
          );
          await workers[kill]?.killOutright();
          await acting;
          left = await unfinished();
          expect(left, "what a worker was killed over").toBeGreaterThan(0);
          if (kill + 1 < KILLS) start();
        }
        const drainedMs = await until("the outbox is empty", DRAINED_MS_MAX, async () => {
          const waiting = await unfinished();
          return waiting === 0 || waiting;
        });
        report(
          `${redis === null ? "PostgreSQL" : "Redis"}: ${KILLS} kills, the last with ${left} left; drained after ${(drainedMs / 1_000).toFixed(1)} s`,
        );
        for (const crowd of crowds) await crowd.assertExactlyOnce();
        expect(await claimed("consumer = 'award-badges'"), "points that badges were awarded by").toBe(
          await count("ledger_entries", []),
        );
      } finally {
        await Promise.all(workers.map((worker) => worker.killOutright()));
      }
    });
  });
});
