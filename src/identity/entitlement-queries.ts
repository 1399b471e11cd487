import { and, desc, eq, inArray } from "drizzle-orm";
import { entitlements } from "../../drizzle/tables/identity.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Reader } from "../platform/database/database.ts";

export type Entitlement = typeof entitlements.$inferSelect;

/** What keeps an entitlement from counting, or `active`. The function `held_entitlements` says the same in SQL. */
export type EntitlementState = "active" | "upcoming" | "ended" | "revoked";

export function stateOf(entitlement: Entitlement, now: Instant): EntitlementState {
  if (entitlement.revokedAt !== null) return "revoked";
  if (entitlement.startsAt > now) return "upcoming";
  return entitlement.endsAt !== null && entitlement.endsAt <= now ? "ended" : "active";
}

/** All that each of `memberIds` has or had, the latest granted first. */
export async function entitlementsByMember(reader: Reader, memberIds: readonly Id[]): Promise<Entitlement[][]> {
  const rows = await reader.sql
    .select()
    .from(entitlements)
    .where(and(eq(entitlements.communityId, reader.communityId), inArray(entitlements.memberId, [...memberIds])))
    .orderBy(desc(entitlements.createdAt), desc(entitlements.id));
  return memberIds.map((id) => rows.filter(({ memberId }) => memberId === id));
}
