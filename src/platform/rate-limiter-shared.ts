import { Redis } from "ioredis";
import type pg from "pg";
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRedis } from "rate-limiter-flexible";
import { portOf, type RateLimit, type RateLimiter } from "./rate-limiter.ts";

/** While the shared store is away each process counts for itself: limits loosen, and nothing stops. */
function insurance(limit: RateLimit): RateLimiterMemory {
  return new RateLimiterMemory({ points: limit.points, duration: limit.windowSeconds });
}

/** A limiter that the processes of one deployment share through PostgreSQL's table `rate_limits`. */
export function createPostgresRateLimiter(pool: pg.Pool, name: string, limit: RateLimit): RateLimiter {
  const limiter = new RateLimiterPostgres({
    storeClient: pool,
    tableName: "rate_limits",
    tableCreated: true,
    keyPrefix: name,
    points: limit.points,
    duration: limit.windowSeconds,
    insuranceLimiter: insurance(limit),
  });
  return portOf(limiter);
}

/** A limiter that the processes of one deployment share through Redis. */
export function createRedisRateLimiter(redis: Redis, name: string, limit: RateLimit): RateLimiter {
  const limiter = new RateLimiterRedis({
    storeClient: redis,
    keyPrefix: `rekindle:rate:${name}`,
    points: limit.points,
    duration: limit.windowSeconds,
    // Otherwise every request would wait until the connection gives up retrying.
    rejectIfRedisNotReady: true,
    insuranceLimiter: insurance(limit),
  });
  return portOf(limiter);
}
