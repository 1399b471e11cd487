import { createCommunity, type NewCommunity } from "../identity/community-actions.ts";
import { type Id, newId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { publishPolicy } from "../nudges/policy-actions.ts";
import { DEFAULT_POLICY } from "../nudges/policy-rules.ts";
import type { Database, Tx } from "../platform/database/database.ts";
import { publishDefaultBadges } from "../rewards/badge-actions.ts";
import { publishDefaultRules } from "../rewards/rule-actions.ts";

/** Creates a community that works at once: with default rules, badges and nudge policy. All of it, or nothing. */
export async function provisionCommunity({ db }: { db: Database }, input: NewCommunity, now: Instant): Promise<Id> {
  const id = newId(now);
  await db.transaction(id, (tx) => provision(tx, input, now));
  return id;
}

/** Provisions the community that `tx` is open for. */
export async function provision(tx: Tx, input: NewCommunity, now: Instant): Promise<void> {
  await createCommunity(tx, input, now);
  await publishDefaultRules(tx, now);
  await publishDefaultBadges(tx, now);
  await publishPolicy(tx, DEFAULT_POLICY, now);
}
