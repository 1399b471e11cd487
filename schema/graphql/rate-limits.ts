import type { Logger } from "../../src/platform/logging.ts";
import type { RateLimiter } from "../../src/platform/rate-limiter.ts";
import type { OperationCost } from "./document-cost.ts";
import { rateLimited } from "./errors.ts";

/** Two counters: what an address asks for, and what a signed-in actor does. Either may be left out. */
export interface RateLimits {
  readonly address?: RateLimiter;
  readonly actor?: RateLimiter;
}

/** Who pays for an operation: the signed-in actor when there is one, always the address. */
export interface Payer {
  readonly actor: string | null;
  readonly address: string;
}

/** Objects of a full answer that weigh as much as one request. */
const COST_PER_POINT = 500;

/**
 * What an operation is charged: each action of a mutation counts as one, so that a thousand aliased attempts in one request
 * count as a thousand; a query counts by what it can return.
 */
export function pointsOf(operation: OperationCost): number {
  return operation.type === "mutation" ? operation.rootFields : Math.max(1, Math.ceil(operation.cost / COST_PER_POINT));
}

/** Charges `points` to `key`. @throws GraphQLError `RATE_LIMITED` with `Retry-After` when that is more than is left. */
export async function charge(limiter: RateLimiter | undefined, key: string, points: number, logger: Logger) {
  if (limiter === undefined || points <= 0) return;
  const verdict = await consumeOrPass(limiter, key, points, logger);
  if (!verdict.ok) throw rateLimited(verdict.retryAfterMs);
}

/** A limiter that is down refuses nobody: the limits protect the service, they are not the service. */
async function consumeOrPass(limiter: RateLimiter, key: string, points: number, logger: Logger) {
  try {
    return await limiter.consume(key, points);
  } catch (error) {
    logger.error({ err: error }, "the rate limiter is unreachable: requests pass uncounted");
    return { ok: true } as const;
  }
}
