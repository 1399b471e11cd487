import { and, eq, isNull } from "drizzle-orm";
import { entitlements } from "../../drizzle/tables/identity.ts";
import { assert } from "../kernel/assert.ts";
import { type Id, isId, newId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Tx } from "../platform/database/database.ts";
import { emit } from "../platform/outbox/emit.ts";
import type { Entitlement } from "./entitlement-queries.ts";
import { askedOf, type EntitlementGrant, type Receipt, readGrant, readRevokedReason } from "./entitlement-rules.ts";
import { memberById } from "./member-queries.ts";
import { isEntrusted, operates, type Viewer } from "./viewer.ts";

/**
 * Gives a member what they bought, once a source and reference: a shop that asks again gets the same entitlement, whatever became of
 * it since. For operators, and services that were let in for it.
 * @throws Refusal `not-allowed`, `entitlement.reference-used` when something else was asked under the reference, `not-found` for the
 *   member, or `input.invalid` naming the field.
 */
export async function grantEntitlement(
  tx: Tx,
  viewer: Viewer,
  input: EntitlementGrant,
  now: Instant,
): Promise<Entitlement> {
  assertKeepsEntitlements(viewer);
  const grant = readGrant(input, now);
  if (!isId(grant.memberId) || (await memberById(tx, grant.memberId)) === null) {
    throw new Refusal("not-found", { what: "member", id: grant.memberId }, "memberId");
  }
  const asked = askedOf(input);
  const [granted] = await tx.sql
    .insert(entitlements)
    .values({ communityId: tx.communityId, id: newId(now), ...grant, asked, createdAt: now })
    .onConflictDoNothing({ target: [entitlements.communityId, entitlements.source, entitlements.reference] })
    .returning();
  if (granted === undefined) return earlierGrant(tx, grant, asked);
  const { id: entitlementId, memberId, product, cohort } = granted;
  await emit(tx, { type: "entitlement.granted", entitlementId, memberId, product, cohort }, now);
  return granted;
}

async function earlierGrant(tx: Tx, receipt: Receipt, asked: string): Promise<Entitlement> {
  const [earlier] = await tx.sql.select().from(entitlements).where(ofReceipt(tx, receipt));
  assert(earlier, "a conflicting entitlement can be read");
  if (earlier.asked !== asked) {
    throw new Refusal("entitlement.reference-used", { reference: receipt.reference }, "reference");
  }
  return earlier;
}

/**
 * Takes an entitlement back, such as for a refund: it no longer counts from the next statement of anybody on. Again changes nothing.
 * @throws Refusal `not-allowed`, `not-found`, or `input.invalid` naming the field.
 */
export async function revokeEntitlement(
  tx: Tx,
  viewer: Viewer,
  input: Receipt & { readonly reason: string },
  now: Instant,
): Promise<Entitlement> {
  assertKeepsEntitlements(viewer);
  const revokedReason = readRevokedReason(input.reason);
  const [revoked] = await tx.sql
    .update(entitlements)
    .set({ revokedAt: now, revokedReason })
    .where(and(ofReceipt(tx, input), isNull(entitlements.revokedAt)))
    .returning();
  if (revoked === undefined) return entitlementOf(tx, input);
  const { id: entitlementId, memberId, product, cohort } = revoked;
  await emit(tx, { type: "entitlement.revoked", entitlementId, memberId, product, cohort }, now);
  return revoked;
}

/**
 * Moves the end of an entitlement, to a later or earlier time or to none; the same end again changes nothing.
 * @throws Refusal `not-allowed`, `not-found`, `entitlement.revoked`, or `input.invalid` naming the field.
 */
export async function extendEntitlement(
  tx: Tx,
  viewer: Viewer,
  input: Receipt & { readonly endsAt: Instant | null },
  now: Instant,
): Promise<Entitlement> {
  assertKeepsEntitlements(viewer);
  const [current] = await tx.sql.select().from(entitlements).where(ofReceipt(tx, input)).for("no key update");
  if (current === undefined) throw unknownReference(input);
  const { id: entitlementId, memberId, product, cohort } = current;
  if (current.revokedAt !== null) throw new Refusal("entitlement.revoked", { entitlementId });
  if (input.endsAt !== null && input.endsAt <= current.startsAt) {
    throw new Refusal("input.invalid", { reason: "an entitlement ends after it starts" }, "endsAt");
  }
  if (current.endsAt?.getTime() === input.endsAt?.getTime()) return current;
  const [extended] = await tx.sql
    .update(entitlements)
    .set({ endsAt: input.endsAt })
    .where(ofReceipt(tx, input))
    .returning();
  assert(extended, "a locked entitlement can be changed");
  await emit(tx, { type: "entitlement.extended", entitlementId, memberId, product, cohort }, now);
  return extended;
}

async function entitlementOf(tx: Tx, receipt: Receipt): Promise<Entitlement> {
  const [found] = await tx.sql.select().from(entitlements).where(ofReceipt(tx, receipt));
  if (found === undefined) throw unknownReference(receipt);
  return found;
}

function unknownReference({ reference }: Receipt): Refusal {
  return new Refusal("not-found", { what: "entitlement", id: reference as Id }, "reference");
}

function ofReceipt(tx: Tx, { source, reference }: Receipt) {
  return and(
    eq(entitlements.communityId, tx.communityId),
    eq(entitlements.source, source),
    eq(entitlements.reference, reference),
  );
}

function assertKeepsEntitlements(viewer: Viewer): void {
  if (operates(viewer) || isEntrusted(viewer, "entitlements:write")) return;
  throw new Refusal("not-allowed", { what: "grant or revoke entitlements" });
}
