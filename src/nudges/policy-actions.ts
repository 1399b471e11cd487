import { and, eq, inArray, sql } from "drizzle-orm";
import { nudgePolicies } from "../../drizzle/tables/nudges.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Reader, Tx } from "../platform/database/database.ts";
import { type PolicySettings, readPolicySettings } from "./policy-rules.ts";

export interface Policy {
  readonly version: number;
  readonly settings: PolicySettings;
}

/** Publishes a new version of the policy and retires the one before; decisions name the version that made them. */
export async function publishPolicy(tx: Tx, settings: unknown, now: Instant): Promise<Policy> {
  const read = readPolicySettings(settings);
  // Publishing is rare: one at a time a community, so that versions have no gaps and one is published.
  await tx.sql.execute(sql`select pg_advisory_xact_lock(hashtextextended('nudge-policy' || ${tx.communityId}, 0))`);
  const ofCommunity = eq(nudgePolicies.communityId, tx.communityId);
  const [last] = await tx.sql
    .select({ version: sql<number>`coalesce(max(${nudgePolicies.version}), 0)::int` })
    .from(nudgePolicies)
    .where(ofCommunity);
  const version = (last?.version ?? 0) + 1;
  await tx.sql
    .update(nudgePolicies)
    .set({ state: "retired" })
    .where(and(ofCommunity, eq(nudgePolicies.state, "published")));
  await tx.sql
    .insert(nudgePolicies)
    .values({ communityId: tx.communityId, version, state: "published", settings: read, createdAt: now });
  return { version, settings: read };
}

/** The policy in force; null for a community that has published none. */
export async function publishedPolicy(reader: Reader): Promise<Policy | null> {
  const [found] = await reader.sql
    .select()
    .from(nudgePolicies)
    .where(and(eq(nudgePolicies.communityId, reader.communityId), eq(nudgePolicies.state, "published")));
  return found ? { version: found.version, settings: readPolicySettings(found.settings) } : null;
}

/** The settings of the given versions. */
export async function policiesByVersion(
  reader: Reader,
  versions: readonly number[],
): Promise<Map<number, PolicySettings>> {
  if (versions.length === 0) return new Map();
  const rows = await reader.sql
    .select()
    .from(nudgePolicies)
    .where(
      and(eq(nudgePolicies.communityId, reader.communityId), inArray(nudgePolicies.version, [...new Set(versions)])),
    );
  return new Map(rows.map((row) => [row.version, readPolicySettings(row.settings)]));
}
