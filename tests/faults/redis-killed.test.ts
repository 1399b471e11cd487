import { join } from "node:path";
import { Redis } from "ioredis";
import { expect, inject, it } from "vitest";
import { describeWithRedis } from "../support/redis.ts";
import { useDatabase } from "../support/test-database.ts";
import { askSurely, FEED } from "./asking.ts";
import { aCrowd } from "./crowd.ts";
import { endFacesAfterEach, startFace, startServer, until } from "./faces.ts";
import { itForSeeds, report, rounds, SOAK } from "./seeds.ts";

const DRAINED_MS_MAX = 90_000;

describeWithRedis("a Redis that fails", (redis) => {
  const test = useDatabase();
  endFacesAfterEach();

  const env = () => ({
    REKINDLE_FOLDER: join(inject("scratchFolder"), "redis-killed"),
    DATABASE_URL: test.url,
    REDIS_URL: redis.url,
    REQUESTS_PER_MINUTE: "100000",
  });
  const worker = () => startFace(["start", "--only", "worker", "--no-demo"], env());

  itForSeeds(
    "is waited for when it is killed: the API reads on, and no event is lost",
    { timeoutMs: 180_000 },
    async (rng) => {
      const now = new Date();
      const crowd = await aCrowd(test, rounds(100, 400), now);
      const api = await startServer(["--only", "api"], env());
      worker();
      const read = () => askSurely(api.address, api.token("member"), FEED);
      await read();
      const acting = crowd.act(now);
      await until("workers at work", DRAINED_MS_MAX, async () => {
        const [row] = await test.rows("select 1 from processed_messages where processed_at >= $1 limit 1", [now]);
        return row !== undefined;
      });
      await new Promise((resolve) => setTimeout(resolve, rng.below(300)));
      await redis.kill();
      const startedMs = performance.now();
      for (let n = 0; n < 5; n += 1) await read();
      const readMs = (performance.now() - startedMs) / 5;
      await acting;
      await redis.start();
      const drainedMs = await until("the outbox is empty", DRAINED_MS_MAX, async () => {
        const unfinished = await crowd.unfinished();
        return unfinished === 0 || unfinished;
      });
      report(
        `Redis killed: a read took ${readMs.toFixed(0)} ms without it; drained ${(drainedMs / 1_000).toFixed(1)} s after it came back`,
      );
      await crowd.assertExactlyOnce();
    },
  );

  itForSeeds("is filled again when it was emptied: events, and the schedule", { timeoutMs: 400_000 }, async (rng) => {
    const now = new Date();
    const crowd = await aCrowd(test, rounds(100, 400), now);
    const worked = worker();
    await crowd.act(now);
    const aim = rng.int(20, 150);
    await until("workers at work", DRAINED_MS_MAX, async () => {
      const [row] = await test.rows<{ count: number }>(
        "select count(*)::int as count from processed_messages where processed_at >= $1",
        [now],
      );
      return (row?.count ?? 0) >= aim || row?.count;
    });
    const client = new Redis(redis.url);
    await client.flushall();
    const forgotten = await crowd.unfinished();
    // The time after which a queue counts as forgetful passes for the rows instead of for us.
    await test.rows("update outbox set relayed_at = relayed_at - interval '11 minutes'");
    if (!SOAK) {
      await worked.killOutright();
      worker();
    }
    await until("the outbox is empty", DRAINED_MS_MAX, async () => {
      await test.rows(
        "update outbox set relayed_at = relayed_at - interval '11 minutes' where relayed_at > now() - interval '10 minutes'",
      );
      const unfinished = await crowd.unfinished();
      return unfinished === 0 || unfinished;
    });
    await until("the pipeline is on schedule", DRAINED_MS_MAX, async () => {
      return (await client.zcard("{rekindle-pipeline}:pipeline:repeat")) > 0 || (await client.keys("*pipeline*"));
    });
    client.disconnect();
    expect(forgotten).toBeGreaterThan(0);
    report(`Redis emptied with ${forgotten} events unfinished: each had its effect once`);
    await crowd.assertExactlyOnce();
  });

  it("is refused at the start when it may evict what it keeps", { timeout: 60_000 }, async () => {
    const client = new Redis(redis.url);
    await client.config("SET", "maxmemory-policy", "allkeys-lru");
    try {
      const face = startFace(["start", "--only", "worker"], env());
      expect(await face.ended).toBe(1);
      expect(face.output()).toContain("set it to noeviction");
      expect(face.output()).not.toContain("    at ");
    } finally {
      await client.config("SET", "maxmemory-policy", "noeviction");
      client.disconnect();
    }
  });
});
