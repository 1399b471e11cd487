import { desc, eq } from "drizzle-orm";
import type { NodePgDatabase } from "drizzle-orm/node-postgres";
import { communities } from "../../drizzle/tables/identity.ts";
import type { Id } from "../kernel/ids.ts";

export type Community = typeof communities.$inferSelect;

export async function communityBySlug(sql: NodePgDatabase, slug: string): Promise<Community | null> {
  const [found] = await sql.select().from(communities).where(eq(communities.slug, slug));
  return found ?? null;
}

export async function communityById(sql: NodePgDatabase, id: Id): Promise<Community | null> {
  const [found] = await sql.select().from(communities).where(eq(communities.id, id));
  return found ?? null;
}

/** All communities of this deployment, newest first. */
export async function allCommunities(sql: NodePgDatabase): Promise<Community[]> {
  return sql.select().from(communities).orderBy(desc(communities.createdAt), desc(communities.id));
}
