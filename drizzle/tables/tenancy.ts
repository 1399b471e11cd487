import { sql } from "drizzle-orm";
import { pgPolicy, pgRole, timestamp, uuid } from "drizzle-orm/pg-core";

/** The role every server and worker connection takes. It owns nothing, so row-level security binds it. */
export const appRole = pgRole("rekindle_app").existing();

const inCommunity = sql`community_id = nullif(current_setting('rekindle.community_id', true), '')::uuid`;

/** The second wall: whatever a query says, a connection sees only rows of the community it was opened for. */
export function tenantPolicy(table: string) {
  return pgPolicy(`${table}_tenant`, { for: "all", to: appRole, using: inCommunity, withCheck: inCommunity });
}

/** The column that leads every tenant table's keys. */
export const tenantColumn = () => uuid().notNull();

/** An instant, in milliseconds: what JavaScript can hold, so that keyset cursors survive the round trip. */
export const instant = () => timestamp({ withTimezone: true, precision: 3, mode: "date" });
