import { type SpaceKind, spaces } from "../../drizzle/tables/community.ts";
import { readText } from "../content/text-rules.ts";
import { operates, type Viewer } from "../identity/viewer.ts";
import { type Id, newId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Tx } from "../platform/database/database.ts";

export interface SpaceInput {
  /** The short name in addresses: 2 to 60 of a–z, 0–9 and "-". */
  readonly slug: string;
  readonly name: string;
  readonly kind: SpaceKind;
}

const SLUG = /^[a-z0-9][a-z0-9-]{1,59}$/;

/**
 * Opens a space for threads. Operators only.
 * @throws Refusal `not-allowed`, `space.slug-taken`, or `input.invalid` naming the field.
 */
export async function createSpace(tx: Tx, viewer: Viewer, input: SpaceInput, now: Instant): Promise<Id> {
  if (!operates(viewer)) throw new Refusal("not-allowed", { what: "create spaces" });
  if (!SLUG.test(input.slug)) {
    throw new Refusal("input.invalid", { reason: "a short name has 2 to 60 of a-z, 0-9 and “-”" }, "slug");
  }
  const name = readText(input.name, { field: "name", charactersMax: 100 });
  const id = newId(now);
  const created = await tx.sql
    .insert(spaces)
    .values({ communityId: tx.communityId, id, slug: input.slug, name, kind: input.kind, createdAt: now })
    .onConflictDoNothing({ target: [spaces.communityId, spaces.slug] })
    .returning({ id: spaces.id });
  if (created.length === 0) throw new Refusal("space.slug-taken", { slug: input.slug }, "slug");
  return id;
}
