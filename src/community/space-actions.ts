import { and, eq } from "drizzle-orm";
import { type SpaceKind, spaceModerators, spaces } from "../../drizzle/tables/community.ts";
import { memberById } from "../identity/member-queries.ts";
import { operates, type Viewer } from "../identity/viewer.ts";
import { type Id, isId, newId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Tx } from "../platform/database/database.ts";
import { defaultSettings, readSettings, readSlug, type SpaceSettings } from "./space-rules.ts";

export interface SpaceInput extends Partial<Omit<SpaceSettings, "name">> {
  /** The short name in addresses: 2 to 60 of a–z, 0–9 and "-". */
  readonly slug: string;
  readonly name: string;
  readonly kind: SpaceKind;
}

/**
 * Opens a space for threads. Operators only.
 * @throws Refusal `not-allowed`, `space.slug-taken`, or `input.invalid` naming the field.
 */
export async function createSpace(tx: Tx, viewer: Viewer, input: SpaceInput, now: Instant): Promise<Id> {
  if (!operates(viewer)) throw new Refusal("not-allowed", { what: "create spaces" });
  const { slug, kind, name, ...chosen } = input;
  const settings = readSettings(kind, { ...defaultSettings(kind, name), ...chosen });
  const id = newId(now);
  const created = await tx.sql
    .insert(spaces)
    .values({ communityId: tx.communityId, id, slug: readSlug(slug), kind, ...settings, createdAt: now })
    .onConflictDoNothing({ target: [spaces.communityId, spaces.slug] })
    .returning({ id: spaces.id });
  if (created.length === 0) throw new Refusal("space.slug-taken", { slug }, "slug");
  return id;
}

export interface SpaceChanges extends Partial<SpaceSettings> {
  readonly spaceId: Id;
  /** Whether it takes no more threads and posts. */
  readonly archived?: boolean;
}

/**
 * Changes what a space is called and who may read and post in it; it counts from the next statement of anybody on. What is left out
 * stays. Operators only.
 * @throws Refusal `not-allowed`, `not-found`, or `input.invalid` naming the field.
 */
export async function updateSpace(tx: Tx, viewer: Viewer, input: SpaceChanges, now: Instant): Promise<void> {
  if (!operates(viewer)) throw new Refusal("not-allowed", { what: "change spaces" });
  const { spaceId, archived, ...changes } = input;
  const ofSpace = and(eq(spaces.communityId, tx.communityId), eq(spaces.id, spaceId));
  // Locked, so that two changes at once are checked together.
  const [space] = isId(spaceId) ? await tx.sql.select().from(spaces).where(ofSpace).for("no key update") : [];
  if (space === undefined) throw new Refusal("not-found", { what: "space", id: spaceId }, "spaceId");
  const { communityId, id, slug, kind, archivedAt, createdAt, ...current } = space;
  await tx.sql
    .update(spaces)
    .set({
      ...readSettings(kind, { ...current, ...changes }),
      archivedAt: (archived ?? archivedAt !== null) ? (archivedAt ?? now) : null,
    })
    .where(ofSpace);
}

export interface SpaceModeration {
  readonly spaceId: Id;
  readonly memberId: Id;
}

/**
 * Makes a member moderate one space; again changes nothing. Operators only.
 * @throws Refusal `not-allowed`, or `not-found` naming the field.
 */
export async function addSpaceModerator(tx: Tx, viewer: Viewer, input: SpaceModeration, now: Instant): Promise<void> {
  if (!operates(viewer)) throw new Refusal("not-allowed", { what: "name moderators" });
  const { spaceId, memberId } = input;
  await assertSpace(tx, spaceId);
  if (!isId(memberId) || (await memberById(tx, memberId)) === null) {
    throw new Refusal("not-found", { what: "member", id: memberId }, "memberId");
  }
  await tx.sql
    .insert(spaceModerators)
    .values({ communityId: tx.communityId, spaceId, memberId, addedById: viewer.memberId, addedAt: now })
    .onConflictDoNothing();
}

/**
 * Makes a member no longer moderate a space; whoever does not is left as they are. Operators only.
 * @throws Refusal `not-allowed`, or `not-found` naming the field.
 */
export async function removeSpaceModerator(tx: Tx, viewer: Viewer, input: SpaceModeration): Promise<void> {
  if (!operates(viewer)) throw new Refusal("not-allowed", { what: "name moderators" });
  const { spaceId, memberId } = input;
  await assertSpace(tx, spaceId);
  const { communityId } = tx;
  await tx.sql
    .delete(spaceModerators)
    .where(
      and(
        eq(spaceModerators.communityId, communityId),
        eq(spaceModerators.spaceId, spaceId),
        eq(spaceModerators.memberId, memberId),
      ),
    );
}

async function assertSpace(tx: Tx, spaceId: Id): Promise<void> {
  const ofSpace = and(eq(spaces.communityId, tx.communityId), eq(spaces.id, spaceId));
  const found = isId(spaceId) ? await tx.sql.select({ id: spaces.id }).from(spaces).where(ofSpace) : [];
  if (found.length === 0) throw new Refusal("not-found", { what: "space", id: spaceId }, "spaceId");
}
