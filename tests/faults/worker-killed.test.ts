import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, inject } from "vitest";
import { describeOnBothBackends } from "../workers/queue-backends.ts";
import { aCrowd } from "./crowd.ts";
import { endFacesAfterEach, type Face, startFace, until } from "./faces.ts";
import { itForSeeds, report, rounds } from "./seeds.ts";

const DRAINED_MS_MAX = 60_000;

describeOnBothBackends("a worker that is killed in mid-batch", ({ test, redis }) => {
  endFacesAfterEach();

  const worker = (): Face =>
    startFace(["start", "--only", "worker", "--no-demo"], {
      REKINDLE_FOLDER: join(inject("scratchFolder"), "worker-killed"),
      DATABASE_URL: test.url,
      REDIS_URL: redis?.url ?? "",
    });

  itForSeeds("loses no effect, and none happens twice", { timeoutMs: 180_000, soaking: 10 }, async (rng) => {
    const now = new Date();
    const crowd = await aCrowd(test, rounds(150, 500), now);
    const faces = [worker(), worker()];
    await crowd.act(now);
    const begun = async () =>
      Number((await test.rows("select count(*) from processed_messages where processed_at >= $1", [now]))[0]?.count);
    let begunBefore = 0;
    for (let kill = 0; kill < 3; kill += 1) {
      const aim = begunBefore + rng.int(30, 200);
      await until("workers at work", DRAINED_MS_MAX, async () => {
        const count = await begun();
        return count >= aim || (await crowd.unfinished()) === 0 || count;
      });
      await sleep(rng.below(40));
      begunBefore = await begun();
      await faces.shift()?.killOutright();
      faces.push(worker());
    }
    const left = await crowd.unfinished();
    const drainedMs = await until("the outbox is empty", DRAINED_MS_MAX, async () => {
      const unfinished = await crowd.unfinished();
      return unfinished === 0 || unfinished;
    });
    report(
      `${redis === null ? "PostgreSQL" : "Redis"}: 3 kills, the last with ${left} left; drained after ${(drainedMs / 1_000).toFixed(1)} s`,
    );
    await crowd.assertExactlyOnce();
    expect(await test.rows("select message_id from processed_messages group by 1 having count(*) <> 3")).toEqual([]);
  });
});
