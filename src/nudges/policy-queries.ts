import { and, eq, inArray } from "drizzle-orm";
import { nudgePolicies } from "../../drizzle/tables/nudges.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Reader } from "../platform/database/database.ts";
import { type PolicySettings, readPolicySettings } from "./policy-rules.ts";

export interface Policy {
  readonly version: number;
  readonly settings: PolicySettings;
  readonly publishedAt: Instant;
}

/** The policy in force; null for a community that has published none. */
export async function publishedPolicy(reader: Reader): Promise<Policy | null> {
  const [found] = await reader.sql
    .select()
    .from(nudgePolicies)
    .where(and(eq(nudgePolicies.communityId, reader.communityId), eq(nudgePolicies.state, "published")));
  if (found === undefined) return null;
  return { version: found.version, settings: readPolicySettings(found.settings), publishedAt: found.createdAt };
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
