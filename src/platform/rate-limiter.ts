import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";

export type RateLimitVerdict = { readonly ok: true } | { readonly ok: false; readonly retryAfterMs: number };

/** Counts what a key (a member, an address, a coupon campaign) has spent in the current window. */
export interface RateLimiter {
  /**
   * Spends `points` of what `key` has left in its window; refuses when that is not enough, and says when to come back. Refused
   * points count too; spending 0 asks whether the key is overdrawn.
   */
  consume(key: string, points: number): Promise<RateLimitVerdict>;
}

export interface RateLimit {
  readonly points: number;
  readonly windowSeconds: number;
}

/** A limiter in this process's memory: right for one process, and for tests. Each process counts for itself. */
export function createMemoryRateLimiter(limit: RateLimit): RateLimiter {
  const limiter = new RateLimiterMemory({ points: limit.points, duration: limit.windowSeconds });
  return portOf(limiter);
}

/** A limiter of rate-limiter-flexible as our port. */
export function portOf(limiter: RateLimiterAbstract): RateLimiter {
  return { consume: (key, points) => verdictOf(limiter.consume(key, points)) };
}

/** What rate-limiter-flexible resolves with or rejects with, as a value; its outages stay rejections. */
async function verdictOf(consumption: Promise<RateLimiterRes>): Promise<RateLimitVerdict> {
  try {
    await consumption;
    return { ok: true };
  } catch (rejection) {
    if (!(rejection instanceof RateLimiterRes)) throw rejection;
    return { ok: false, retryAfterMs: rejection.msBeforeNext };
  }
}
