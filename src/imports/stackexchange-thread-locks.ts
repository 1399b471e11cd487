import type { Id } from "../kernel/ids.ts";
import type { Tx } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";

// Of the strength that content locks have, and in the order of ids, so that two writers of many threads cannot deadlock.
const lockRows = prepared(
  "import_se_lock_threads",
  "select from threads where community_id = $1 and id = any($2::uuid[]) order by id for no key update",
);

/** Locks threads before what hangs on them is written, as everything else does that changes a thread. */
export async function lockThreads(tx: Tx, ids: readonly Id[]): Promise<void> {
  await lockRows(tx, [tx.communityId, [...new Set(ids)]]);
}
