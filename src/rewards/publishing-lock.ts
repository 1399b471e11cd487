import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";

const lock = prepared("publishing_lock", "select pg_advisory_xact_lock(hashtextextended('publishing:' || $1, 0))");

/** Lets one rule or badge of the community be published at a time, so that versions follow one another. */
export async function lockPublishing(tx: Tx): Promise<void> {
  await lock(tx, [tx.communityId]);
}
