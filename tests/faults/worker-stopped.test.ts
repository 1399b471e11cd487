import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inject } from "vitest";
import { describeOnBothBackends } from "../workers/queue-backends.ts";
import { aCrowd } from "./crowd.ts";
import { endFacesAfterEach, startFace, until } from "./faces.ts";
import { itForSeeds, report, rounds } from "./seeds.ts";

/** Longer than the lock on a job, which is 6 s, and the wait of 2 s until somebody looks for such. */
const STOPPED_MS = rounds(10_000, 35_000);

describeOnBothBackends("a worker that stands still longer than its locks hold", ({ test, redis }) => {
  endFacesAfterEach();

  itForSeeds("may run jobs twice, and has each effect once", { timeoutMs: 180_000 }, async (rng) => {
    const worker = () =>
      startFace(["start", "--only", "worker", "--no-demo"], {
        REKINDLE_FOLDER: join(inject("scratchFolder"), "worker-stopped"),
        DATABASE_URL: test.url,
        REDIS_URL: redis?.url ?? "",
      });
    const now = new Date();
    const crowd = await aCrowd(test, rounds(150, 500), now);
    const stopped = worker();
    worker();
    await crowd.act(now);
    const aim = rng.int(30, 200);
    await until("workers at work", 60_000, async () => {
      const [row] = await test.rows<{ count: number }>(
        "select count(*)::int as count from processed_messages where processed_at >= $1",
        [now],
      );
      return (row?.count ?? 0) >= aim || row?.count;
    });
    stopped.child.kill("SIGSTOP");
    await sleep(STOPPED_MS);
    const left = await crowd.unfinished();
    stopped.child.kill("SIGCONT");
    const drainedMs = await until("the outbox is empty", 60_000, async () => {
      const unfinished = await crowd.unfinished();
      return unfinished === 0 || unfinished;
    });
    report(
      `${redis === null ? "PostgreSQL" : "Redis"}: stood still for ${STOPPED_MS / 1_000} s, ${left} events waited for it; ` +
        `done ${(drainedMs / 1_000).toFixed(1)} s later`,
    );
    await crowd.assertExactlyOnce();
  });
});
