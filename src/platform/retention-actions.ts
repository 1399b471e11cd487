import type pg from "pg";
import type { Id } from "../kernel/ids.ts";
import { addMs, DAY_MS, type Instant } from "../kernel/instant.ts";
import type { Retention } from "./retention-catalogue.ts";

export const FORGET_BATCH = 5_000;

/**
 * Deletes rows that have been kept for as long as they are, the oldest first, {@link FORGET_BATCH} at most; returns how many. `client` is
 * a connection in a transaction, of the community or of none as the retention says. Who deletes beside it is not waited for.
 */
export async function forgetBatch(
  client: pg.PoolClient,
  { table, days, expired, oldestFirst, parameters }: Retention,
  communityId: Id,
  now: Instant,
): Promise<number> {
  const { rowCount } = await client.query({
    name: `forget_${table}`,
    text: `delete from ${table} where ctid = any(array(
             select t.ctid from ${table} t where ${expired} order by ${oldestFirst} limit ${FORGET_BATCH} for update of t skip locked))`,
    values: [...parameters(communityId, addMs(now, -days * DAY_MS))],
  });
  return rowCount ?? 0;
}
