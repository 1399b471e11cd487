import type { NodePgDatabase } from "drizzle-orm/node-postgres";
import { communities, type Locale } from "../../drizzle/tables/identity.ts";
import { isTimeZone } from "../kernel/calendar.ts";
import { type Id, newId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";

export interface NewCommunity {
  /** The short name in addresses, tokens and on the command line: 2 to 40 of a–z, 0–9 and "-". */
  readonly slug: string;
  readonly name: string;
  readonly locale: Locale;
  /** IANA; the zone of members who name none. */
  readonly timeZone: string;
}

/**
 * Creates a tenant. Runs outside any community, since it makes one.
 * @throws Refusal `community.slug-taken`, or `input.invalid` naming the field.
 */
export async function createCommunity(sql: NodePgDatabase, input: NewCommunity, now: Instant): Promise<Id> {
  if (!/^[a-z0-9][a-z0-9-]{1,39}$/.test(input.slug)) {
    throw new Refusal("input.invalid", { reason: "a short name has 2 to 40 of a-z, 0-9 and “-”" }, "slug");
  }
  if (input.name.trim() === "") throw new Refusal("input.invalid", { reason: "give the community a name" }, "name");
  if (!isTimeZone(input.timeZone)) {
    throw new Refusal("input.invalid", { reason: "give an IANA time zone such as Asia/Shanghai" }, "timeZone");
  }
  const id = newId(now);
  const created = await sql
    .insert(communities)
    .values({
      id,
      slug: input.slug,
      name: input.name.trim(),
      locale: input.locale,
      timeZone: input.timeZone,
      createdAt: now,
    })
    .onConflictDoNothing()
    .returning({ id: communities.id });
  if (created.length === 0) throw new Refusal("community.slug-taken", { slug: input.slug }, "slug");
  return id;
}
