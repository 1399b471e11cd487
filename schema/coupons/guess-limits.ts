import type { RateLimit } from "../../src/platform/rate-limiter.ts";
import { type Context, viewerOf } from "../context.ts";
import { rateLimited } from "../graphql/errors.ts";
import type { Payload } from "../graphql/mutate.ts";

/** How wrong coupon codes are counted, by member and by address: `Services.guessLimiter` is made with it. */
export const GUESS_LIMIT: RateLimit = { points: 20, windowSeconds: 600 };

/** Five wrong codes by one member use the limit up; a school behind one address may have twenty. */
const MEMBER_COST = 4;
const ADDRESS_COST = 1;

/**
 * Runs an attempt at a code, and counts it when the code was wrong. It is counted before it is made and given back after, so
 * that a thousand at once count as a thousand.
 * @throws GraphQLError `RATE_LIMITED` when there were too many.
 */
export async function limitGuesses<P extends Payload>(ctx: Context, attempt: () => Promise<P>): Promise<P> {
  const limiter = ctx.services.guessLimiter;
  const { communityId, memberId } = viewerOf(ctx);
  const counters: readonly (readonly [string, number])[] = [
    [`coupon-guess:${communityId}:${memberId}`, MEMBER_COST],
    [`coupon-guess:${ctx.address}`, ADDRESS_COST],
  ];
  const verdicts = await Promise.all(counters.map(([key, points]) => limiter.consume(key, points)));
  const refused = verdicts.find((verdict) => !verdict.ok);
  if (refused?.ok === false) throw rateLimited(refused.retryAfterMs);
  let wrong = false;
  try {
    const payload = await attempt();
    wrong = payload.userErrors.some((error) => error.code === "coupon.unknown");
    return payload;
  } finally {
    if (!wrong) await Promise.all(counters.map(([key, points]) => limiter.refund(key, points)));
  }
}
