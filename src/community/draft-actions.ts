import { and, eq } from "drizzle-orm";
import { members } from "../../drizzle/tables/identity.ts";
import { type DraftPlaceKind, drafts } from "../../drizzle/tables/threads.ts";
import { findThread } from "../content/content-locks.ts";
import { spaceAccessById } from "../content/space-access.ts";
import type { Viewer } from "../identity/viewer.ts";
import { assertNever } from "../kernel/assert.ts";
import type { ThreadKind } from "../kernel/domain-events.ts";
import { type Id, isId, newId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Tx } from "../platform/database/database.ts";
import { assertKeepable, DRAFTS_MAX, type DraftText } from "./draft-rules.ts";
import { postsById } from "./post-queries.ts";

/** Where a draft will go. */
export interface DraftPlace {
  readonly kind: DraftPlaceKind;
  /** The space, the thread or the post. */
  readonly id: Id;
}

export interface DraftSaving extends DraftText {
  readonly place: DraftPlace;
  /** The revision that the member's form goes back to; 0 when it knows of none. */
  readonly revision: number;
  readonly threadKind: ThreadKind | null;
  readonly parentId: Id | null;
}

/**
 * Keeps what the viewer has written so far for a place; each place has one draft. Two windows do not overwrite each other: the second
 * is told which revision stands. The same again keeps the draft younger and changes nothing else.
 * @throws Refusal `revision.outdated` (seen 0 when a draft is there that the form does not know, current 0 when it is gone),
 *   `draft.too-many`, `not-found` for a place that the viewer may not look into, or `input.*` naming the field.
 */
export async function saveDraft(tx: Tx, viewer: Viewer, input: DraftSaving, now: Instant): Promise<{ draftId: Id }> {
  assertKeepable(input);
  await assertPlace(tx, viewer, input.place, now);
  await lockDrafts(tx, viewer);
  const ofPlace = and(ofMember(tx, viewer), eq(drafts.placeKind, input.place.kind), eq(drafts.placeId, input.place.id));
  const [current] = await tx.sql.select({ id: drafts.id, revision: drafts.revision }).from(drafts).where(ofPlace);
  const standing = current?.revision ?? 0;
  if (standing !== input.revision) {
    throw new Refusal("revision.outdated", { seen: input.revision, current: standing }, "revision");
  }
  const { title, body, tags, threadKind, parentId } = input;
  const kept = { title, body, tags: [...tags], threadKind, parentId, revision: standing + 1, updatedAt: now };
  if (current !== undefined) {
    await tx.sql.update(drafts).set(kept).where(ofPlace);
    return { draftId: current.id };
  }
  if ((await tx.sql.$count(drafts, ofMember(tx, viewer))) >= DRAFTS_MAX) {
    throw new Refusal("draft.too-many", { max: DRAFTS_MAX });
  }
  const { communityId } = tx;
  const id = newId(now);
  const { kind: placeKind, id: placeId } = input.place;
  await tx.sql
    .insert(drafts)
    .values({ communityId, id, memberId: viewer.memberId, placeKind, placeId, createdAt: now, ...kept });
  return { draftId: id };
}

/** Deletes a draft of the viewer's own; one that is gone already is nothing to refuse. */
export async function deleteDraft(tx: Tx, viewer: Viewer, input: { readonly draftId: Id }): Promise<void> {
  if (!isId(input.draftId)) return;
  await tx.sql.delete(drafts).where(and(ofMember(tx, viewer), eq(drafts.id, input.draftId)));
}

async function assertPlace(tx: Tx, viewer: Viewer, { kind, id }: DraftPlace, now: Instant): Promise<void> {
  switch (kind) {
    case "thread": {
      const access = isId(id) ? await spaceAccessById(tx, viewer, [id], now) : new Map();
      if (!access.has(id)) throw new Refusal("not-found", { what: "space", id }, "place.spaceId");
      return;
    }
    case "post":
      await findThread(tx, viewer, id, now);
      return;
    case "edit": {
      const found = isId(id) ? await postsById(tx, viewer, [id], now) : [];
      if (found.length === 0) throw new Refusal("not-found", { what: "post", id }, "place.postId");
      return;
    }
    default:
      assertNever(kind, "place of a draft");
  }
}

/** One after the other: two windows that save the first draft of a place at once must meet. */
async function lockDrafts(tx: Tx, viewer: Viewer): Promise<void> {
  await tx.sql
    .select({ id: members.id })
    .from(members)
    .where(and(eq(members.communityId, tx.communityId), eq(members.id, viewer.memberId)))
    .for("no key update");
}

function ofMember(tx: Tx, viewer: Viewer) {
  return and(eq(drafts.communityId, tx.communityId), eq(drafts.memberId, viewer.memberId));
}
