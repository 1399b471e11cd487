import { and, asc, desc, eq, gt, inArray, lt, ne } from "drizzle-orm";
import { spaces } from "../../drizzle/tables/community.ts";
import { maySeeSpace } from "../content/visibility-rules.ts";
import type { Viewer } from "../identity/viewer.ts";
import type { Id } from "../kernel/ids.ts";
import { type Page, type PageRequest, toPage } from "../kernel/pagination.ts";
import type { Reader } from "../platform/database/database.ts";

export type Space = typeof spaces.$inferSelect;

/** The spaces that `viewer` may look into, by short name. The cursor holds the short name. */
export async function listSpaces(reader: Reader, viewer: Viewer, request: PageRequest): Promise<Page<Space>> {
  const [after] = request.cursor ?? [];
  const forward = request.direction === "forward";
  const rows = await reader.sql
    .select()
    .from(spaces)
    .where(
      and(
        visibleTo(reader, viewer),
        after === undefined ? undefined : forward ? gt(spaces.slug, after) : lt(spaces.slug, after),
      ),
    )
    .orderBy(forward ? asc(spaces.slug) : desc(spaces.slug))
    .limit(request.size + 1);
  return toPage(rows, request);
}

/** The spaces among `ids` that `viewer` may look into, in no order. */
export async function spacesById(reader: Reader, viewer: Viewer, ids: readonly Id[]): Promise<Space[]> {
  return reader.sql
    .select()
    .from(spaces)
    .where(and(visibleTo(reader, viewer), inArray(spaces.id, [...ids])));
}

function visibleTo(reader: Reader, viewer: Viewer) {
  return and(
    eq(spaces.communityId, reader.communityId),
    maySeeSpace("staff", viewer) ? undefined : ne(spaces.kind, "staff"),
  );
}
