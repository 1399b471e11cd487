import type { RateLimit } from "../../src/platform/rate-limiter.ts";
import { type Context, viewerOf } from "../context.ts";
import { rateLimited } from "../graphql/errors.ts";
import type { Payload } from "../graphql/mutate.ts";

/** How wrong coupon codes are counted, by member and by address: `Services.guessLimiter` is made with it. */
export const GUESS_LIMIT: RateLimit = { points: 19, windowSeconds: 600 };

/** The fifth wrong code overdraws a member; a school behind one address may have twenty. */
const MEMBER_COST = 4;
const ADDRESS_COST = 1;

/**
 * Runs an attempt at a code, unless there were too many wrong ones, and counts it when the code was wrong. Right codes and
 * retries cost nothing, however many come at once. The actions of one request run one after the other, so a thousand aliases
 * count as a thousand; requests in parallel may each try once before the first is counted, which 70 random bits can bear.
 * @throws GraphQLError `RATE_LIMITED`.
 */
export async function limitGuesses<P extends Payload>(ctx: Context, attempt: () => Promise<P>): Promise<P> {
  const { communityId, memberId } = viewerOf(ctx);
  const limiter = ctx.services.guessLimiter;
  const spend = (memberPoints: number, addressPoints: number) =>
    Promise.all([
      limiter.consume(`coupon:${communityId}:${memberId}`, memberPoints),
      limiter.consume(`coupon:${ctx.address}`, addressPoints),
    ]);
  for (const verdict of await spend(0, 0)) if (!verdict.ok) throw rateLimited(verdict.retryAfterMs);
  const payload = await attempt();
  if (payload.userErrors.some((error) => error.code === "coupon.unknown")) await spend(MEMBER_COST, ADDRESS_COST);
  return payload;
}
