import { and, asc, desc, eq, inArray, sql } from "drizzle-orm";
import { drafts } from "../../drizzle/tables/threads.ts";
import type { Viewer } from "../identity/viewer.ts";
import type { Id } from "../kernel/ids.ts";
import { type Page, type PageRequest, readTimeKey, timeKeyParts, toPage } from "../kernel/pagination.ts";
import type { Reader } from "../platform/database/database.ts";

export type Draft = typeof drafts.$inferSelect;

/**
 * The viewer's drafts, the latest saved first. They are the viewer's own words, so they stay readable where the place no longer is.
 * @throws Refusal `input.invalid` for a cursor that is not of this list.
 */
export async function listDrafts(reader: Reader, viewer: Viewer, request: PageRequest): Promise<Page<Draft>> {
  const key = readTimeKey(request);
  const forward = request.direction === "forward";
  const beyond =
    key === null
      ? undefined
      : sql`(${drafts.updatedAt}, ${drafts.id}) ${sql.raw(forward ? "<" : ">")} (${key.at.toISOString()}::timestamptz, ${key.id}::uuid)`;
  const direction = forward ? desc : asc;
  const rows = await reader.sql
    .select()
    .from(drafts)
    .where(and(ofViewer(reader, viewer), beyond))
    .orderBy(direction(drafts.updatedAt), direction(drafts.id))
    .limit(request.size + 1);
  return toPage(rows, request);
}

/** Where a draft stands in {@link listDrafts}. */
export function draftKey(draft: Draft): readonly [string, string] {
  return timeKeyParts(draft.updatedAt, draft.id);
}

/** The drafts among `ids` that are the viewer's own, in no order. */
export async function draftsById(reader: Reader, viewer: Viewer, ids: readonly Id[]): Promise<Draft[]> {
  return reader.sql
    .select()
    .from(drafts)
    .where(and(ofViewer(reader, viewer), inArray(drafts.id, [...ids])));
}

/** The viewer's draft for each of the places `placeIds`, whatever its kind: spaces, threads and posts share no id. */
export async function draftsByPlace(reader: Reader, viewer: Viewer, placeIds: readonly Id[]): Promise<Draft[]> {
  return reader.sql
    .select()
    .from(drafts)
    .where(and(ofViewer(reader, viewer), inArray(drafts.placeId, [...placeIds])));
}

function ofViewer(reader: Reader, viewer: Viewer) {
  return and(eq(drafts.communityId, reader.communityId), eq(drafts.memberId, viewer.memberId));
}
