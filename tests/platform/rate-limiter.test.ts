import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMemoryRateLimiter, type RateLimit, type RateLimiter } from "../../src/platform/rate-limiter.ts";
import { createPostgresRateLimiter, createRedisRateLimiter } from "../../src/platform/rate-limiter-shared.ts";
import { describeWithRedis } from "../support/redis.ts";
import { useDatabase } from "../support/test-database.ts";

const TEN_A_MINUTE: RateLimit = { points: 10, windowSeconds: 60 };

/** What every adapter promises. Tests use keys of their own, for the counters are shared. */
function rateLimiterContract(create: (name: string, limit: RateLimit) => RateLimiter): void {
  it("lets a key spend its points, then refuses and says when to come back", async () => {
    const limiter = create("contract", TEN_A_MINUTE);
    for (let n = 0; n < 10; n += 1) expect(await limiter.consume("a", 1)).toEqual({ ok: true });
    const verdict = await limiter.consume("a", 1);
    expect(verdict).toMatchObject({ ok: false });
    const { retryAfterMs } = verdict as { retryAfterMs: number };
    expect(retryAfterMs).toBeGreaterThan(50_000);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
  });

  it("counts keys and limiters apart, and what costs more as more", async () => {
    const limiter = create("contract", TEN_A_MINUTE);
    expect(await limiter.consume("b", 10)).toEqual({ ok: true });
    expect(await limiter.consume("b", 1)).toMatchObject({ ok: false });
    expect(await limiter.consume("c", 9)).toEqual({ ok: true });
    expect(await limiter.consume("c", 2)).toMatchObject({ ok: false });
    expect(await limiter.consume("d", 11)).toMatchObject({ ok: false });
    expect(await create("another", TEN_A_MINUTE).consume("b", 10)).toEqual({ ok: true });
  });

  it("lets exactly the limit through when fifty come at once", async () => {
    const limiter = create("contract", TEN_A_MINUTE);
    const verdicts = await Promise.all(Array.from({ length: 50 }, () => limiter.consume("e", 1)));
    expect(verdicts.filter((verdict) => verdict.ok)).toHaveLength(10);
  });

  it("forgets when the window has passed, and being refused does not prolong it", async () => {
    const limiter = create("short", { points: 2, windowSeconds: 1 });
    const startedAt = performance.now();
    await limiter.consume("f", 2);
    await sleep(500);
    expect(await limiter.consume("f", 1)).toMatchObject({ ok: false });
    await sleep(1_150 - (performance.now() - startedAt));
    expect(await limiter.consume("f", 2)).toEqual({ ok: true });
  });

  it("tells whether a key is overdrawn, for nothing", async () => {
    const limiter = create("contract", TEN_A_MINUTE);
    for (let n = 0; n < 20; n += 1) expect(await limiter.consume("g", 0)).toEqual({ ok: true });
    expect(await limiter.consume("g", 10)).toEqual({ ok: true });
    expect(await limiter.consume("g", 0)).toEqual({ ok: true });
    expect(await limiter.consume("g", 1)).toMatchObject({ ok: false });
    expect(await limiter.consume("g", 0)).toMatchObject({ ok: false });
  });
}

describe("the memory's rate limiter", () => {
  const limiters = new Map<string, RateLimiter>();
  rateLimiterContract((name, limit) => {
    const limiter = limiters.get(name) ?? createMemoryRateLimiter(limit);
    limiters.set(name, limiter);
    return limiter;
  });
});

describe("PostgreSQL's rate limiter", () => {
  const test = useDatabase();
  rateLimiterContract((name, limit) => createPostgresRateLimiter(test.db.pool, name, limit));

  it("is shared by processes", async () => {
    const [here, there] = [0, 1].map(() => createPostgresRateLimiter(test.db.pool, "shared", TEN_A_MINUTE)) as [
      RateLimiter,
      RateLimiter,
    ];
    const verdicts = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? here : there).consume("z", 1)),
    );
    expect(verdicts.filter((verdict) => verdict.ok)).toHaveLength(10);
  });

  it("counts by itself while the database is away", async () => {
    const away = new pg.Pool({ connectionString: test.url.replace(/:\d+\//, ":1/") });
    const limiter = createPostgresRateLimiter(away, "away", { points: 1, windowSeconds: 60 });
    expect(await limiter.consume("a", 1)).toEqual({ ok: true });
    expect(await limiter.consume("a", 1)).toMatchObject({ ok: false });
    await away.end();
  });
});

describeWithRedis("Redis's rate limiter", (server) => {
  let redis: Redis;
  beforeAll(async () => {
    redis = new Redis(server.url);
    redis.on("error", () => {});
    await redis.ping();
  });
  afterAll(() => redis.disconnect());
  rateLimiterContract((name, limit) => createRedisRateLimiter(redis, name, limit));

  it("counts by itself, without waiting, while Redis is away, and together again when it is back", async () => {
    const limiter = createRedisRateLimiter(redis, "away", { points: 1, windowSeconds: 60 });
    await server.kill();
    await expect.poll(() => redis.status).not.toBe("ready");
    const startedAt = performance.now();
    expect(await limiter.consume("a", 1)).toEqual({ ok: true });
    expect(await limiter.consume("a", 1)).toMatchObject({ ok: false });
    expect(performance.now() - startedAt).toBeLessThan(500);
    await server.start();
    await expect.poll(() => redis.status, { timeout: 10_000 }).toBe("ready");
    expect(await limiter.consume("a", 1)).toEqual({ ok: true });
  });
});
