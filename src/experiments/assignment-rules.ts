import { createHash } from "node:crypto";
import { assert } from "../kernel/assert.ts";
import type { Id } from "../kernel/ids.ts";

const BUCKETS = 10_000;

/**
 * The bucket, 0 to 9,999, that a member always falls into under `salt`: the first 48 bits of SHA-256(salt, member), modulo 10,000
 * (its bias is below 10⁻¹⁰). It depends on nothing else, so leaving and coming back moves nobody.
 */
export function bucketOf(salt: string, memberId: Id): number {
  const digest = createHash("sha256").update(`${salt}\u0000${memberId}`).digest();
  return digest.readUIntBE(0, 6) % BUCKETS;
}

/** Whether a member belongs to the community's standing holdout: the control group that nothing is ever done to. */
export function isHeldOut(communityId: Id, memberId: Id, percent: number): boolean {
  assert(percent >= 0 && percent <= 100, "a holdout is 0 to 100 percent");
  return bucketOf(`${communityId}:holdout`, memberId) < percent * (BUCKETS / 100);
}

/**
 * A number in [0, 1) for one draw of one member: the same inputs draw the same, so that a decision made again is the same
 * decision.
 */
export function drawOf(salt: string, memberId: Id): number {
  const digest = createHash("sha256").update(`${salt}\u0000draw\u0000${memberId}`).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}
