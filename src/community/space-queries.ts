import { and, asc, desc, eq, gt, inArray, lt, sql } from "drizzle-orm";
import { spaceModerators, spaces } from "../../drizzle/tables/community.ts";
import { members } from "../../drizzle/tables/identity.ts";
import { viewerValues } from "../content/space-access.ts";
import type { Member } from "../identity/member-queries.ts";
import type { Viewer } from "../identity/viewer.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { type Page, type PageRequest, toPage } from "../kernel/pagination.ts";
import type { Reader } from "../platform/database/database.ts";

export type Space = typeof spaces.$inferSelect;

/** The spaces that `viewer` may look into, by short name. The cursor holds the short name. */
export async function listSpaces(
  reader: Reader,
  viewer: Viewer,
  request: PageRequest,
  now: Instant,
): Promise<Page<Space>> {
  const [after] = request.cursor ?? [];
  const forward = request.direction === "forward";
  const rows = await reader.sql
    .select()
    .from(spaces)
    .where(
      and(
        readableBy(reader, viewer, now),
        after === undefined ? undefined : forward ? gt(spaces.slug, after) : lt(spaces.slug, after),
      ),
    )
    .orderBy(forward ? asc(spaces.slug) : desc(spaces.slug))
    .limit(request.size + 1);
  return toPage(rows, request);
}

/** The spaces among `ids` that `viewer` may look into, in no order. */
export async function spacesById(reader: Reader, viewer: Viewer, ids: readonly Id[], now: Instant): Promise<Space[]> {
  return reader.sql
    .select()
    .from(spaces)
    .where(and(readableBy(reader, viewer, now), inArray(spaces.id, [...ids])));
}

function readableBy(reader: Reader, viewer: Viewer, now: Instant) {
  const [community, member, everywhere] = viewerValues(reader, viewer, now);
  const at = now.toISOString();
  return and(
    eq(spaces.communityId, reader.communityId),
    sql`${spaces.id} in (select id from readable_spaces(${community}::uuid, ${member}::uuid, ${everywhere}::text, ${at}::timestamptz))`,
  );
}

/** Who moderates each of `spaceIds` without moderating everywhere, in the order they were named. */
export async function spaceModeratorsBySpace(reader: Reader, spaceIds: readonly Id[]): Promise<Member[][]> {
  const rows = await reader.sql
    .select({ spaceId: spaceModerators.spaceId, member: members })
    .from(spaceModerators)
    .innerJoin(
      members,
      and(eq(members.communityId, spaceModerators.communityId), eq(members.id, spaceModerators.memberId)),
    )
    .where(and(eq(spaceModerators.communityId, reader.communityId), inArray(spaceModerators.spaceId, [...spaceIds])))
    .orderBy(asc(spaceModerators.addedAt), asc(members.id));
  return spaceIds.map((id) => rows.filter(({ spaceId }) => spaceId === id).map(({ member }) => member));
}
