import { communities, type Locale } from "../../drizzle/tables/identity.ts";
import { isTimeZone } from "../kernel/calendar.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Tx } from "../platform/database/database.ts";

export interface NewCommunity {
  /** The short name in addresses, tokens and on the command line: 2 to 40 of a–z, 0–9 and "-". */
  readonly slug: string;
  readonly name: string;
  readonly locale: Locale;
  /** IANA; the zone of members who name none. */
  readonly timeZone: string;
}

/**
 * Creates a tenant, in a transaction opened for the id that it is to have.
 * @throws Refusal `community.slug-taken`, or `input.invalid` naming the field.
 */
export async function createCommunity(tx: Tx, input: NewCommunity, now: Instant): Promise<void> {
  if (!/^[a-z0-9][a-z0-9-]{1,39}$/.test(input.slug)) {
    throw new Refusal("input.invalid", { reason: "a short name has 2 to 40 of a-z, 0-9 and “-”" }, "slug");
  }
  const name = input.name.trim();
  if (name === "" || name.length > 200 || name.includes("\u0000")) {
    throw new Refusal("input.invalid", { reason: "a community's name has 1 to 200 characters" }, "name");
  }
  if (!isTimeZone(input.timeZone)) {
    throw new Refusal("input.invalid", { reason: "give an IANA time zone such as Asia/Shanghai" }, "timeZone");
  }
  const created = await tx.sql
    .insert(communities)
    .values({
      id: tx.communityId,
      slug: input.slug,
      name,
      locale: input.locale,
      timeZone: input.timeZone,
      createdAt: now,
    })
    .onConflictDoNothing()
    .returning({ id: communities.id });
  if (created.length === 0) throw new Refusal("community.slug-taken", { slug: input.slug }, "slug");
}
