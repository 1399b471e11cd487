import { createHash } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { idempotencyKeys } from "../../drizzle/tables/identity.ts";
import { assert } from "../kernel/assert.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Tx } from "./database/database.ts";

export const IDEMPOTENCY_KEY_LENGTH_MAX = 255;

/** A request that must happen once: who asks for what, under which key of theirs. */
export interface OnceRequest {
  readonly memberId: Id;
  readonly key: string;
  readonly operation: string;
  /** What was asked, as plain JSON; the same key with another body is refused. */
  readonly body: unknown;
}

/**
 * Runs `act` once for a member's key and keeps its answer (plain JSON); later calls with the same key and body get that answer.
 * A concurrent call waits for the first one's transaction. A refusal rolls the key back with everything else, so that it can be
 * tried again.
 * @throws Refusal `idempotency-key.reused` when the key came with another operation or body.
 */
export async function once<Answer>(
  tx: Tx,
  request: OnceRequest,
  act: () => Promise<Answer>,
  now: Instant,
): Promise<Answer> {
  if (!isKey(request.key)) {
    const reason = `an idempotency key has 1 to ${IDEMPOTENCY_KEY_LENGTH_MAX} characters, all of which can be printed`;
    throw new Refusal("input.invalid", { reason }, "idempotencyKey");
  }
  const requestHash = createHash("sha256")
    .update(canonicalJson([request.operation, request.body]))
    .digest("base64url");
  const row = { communityId: tx.communityId, memberId: request.memberId, key: request.key };
  const claimed = await tx.sql
    .insert(idempotencyKeys)
    .values({ ...row, operation: request.operation, requestHash, response: null, createdAt: now })
    .onConflictDoNothing()
    .returning({ key: idempotencyKeys.key });
  const ofRow = and(
    eq(idempotencyKeys.communityId, row.communityId),
    eq(idempotencyKeys.memberId, row.memberId),
    eq(idempotencyKeys.key, row.key),
  );
  if (claimed.length === 0) {
    const [kept] = await tx.sql.select().from(idempotencyKeys).where(ofRow);
    assert(kept, "a conflicting idempotency key can be read");
    if (kept.requestHash !== requestHash)
      throw new Refusal("idempotency-key.reused", { key: request.key }, "idempotencyKey");
    return kept.response as Answer;
  }
  const answer = (await act()) ?? null;
  // The first caller too gets the answer as it is kept: what does not survive JSON shows at once, not at the first retry.
  const [kept] = await tx.sql
    .update(idempotencyKeys)
    .set({ response: answer })
    .where(ofRow)
    .returning({ response: idempotencyKeys.response });
  return kept?.response as Answer;
}

/** What UTF-8 would change, so that two keys became one, or what nobody sees in a log. */
const UNPRINTABLE = /[\p{Control}\p{Surrogate}\p{Unassigned}\u2028\u2029]/u;

function isKey(key: string): boolean {
  return key.length <= IDEMPOTENCY_KEY_LENGTH_MAX && !UNPRINTABLE.test(key) && /[^\s\p{Format}]/u.test(key);
}

/** JSON with sorted keys, so that the same request always hashes the same. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
