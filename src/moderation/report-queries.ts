import { and, asc, desc, eq, inArray, or, type SQL, sql } from "drizzle-orm";
import { posts, spaceModerators, threads } from "../../drizzle/tables/community.ts";
import { reports } from "../../drizzle/tables/moderation.ts";
import { moderates, type Viewer } from "../identity/viewer.ts";
import type { Id } from "../kernel/ids.ts";
import { type Page, type PageRequest, readTimeKey, timeKeyParts, toPage } from "../kernel/pagination.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Reader } from "../platform/database/database.ts";

export type Report = typeof reports.$inferSelect;

/**
 * The review queue: open reports, the longest waiting first; for who moderates single spaces, those of posts in them.
 * @throws Refusal `not-allowed` unless `viewer` moderates something, or `input.invalid` for a cursor that is not of this list.
 */
export async function listOpenReports(reader: Reader, viewer: Viewer, request: PageRequest): Promise<Page<Report>> {
  if (!moderates(viewer) && (await spacesModerated(reader, viewer)) === 0) {
    throw new Refusal("not-allowed", { what: "see reports" });
  }
  const key = readTimeKey(request);
  const forward = request.direction === "forward";
  const position = sql`(${reports.createdAt}, ${reports.id})`;
  const beyond =
    key === null
      ? undefined
      : sql`${position} ${sql.raw(forward ? ">" : "<")} (${key.at.toISOString()}::timestamptz, ${key.id}::uuid)`;
  const direction = forward ? asc : desc;
  const rows = await reader.sql
    .select()
    .from(reports)
    .where(
      and(eq(reports.communityId, reader.communityId), eq(reports.state, "open"), moderatedBy(reader, viewer), beyond),
    )
    .orderBy(direction(reports.createdAt), direction(reports.id))
    .limit(request.size + 1);
  return toPage(rows, request);
}

/** Where a report stands in {@link listOpenReports}. */
export function reportKey(report: Report): readonly [string, string] {
  return timeKeyParts(report.createdAt, report.id);
}

/** The reports among `ids` that `viewer` may see, in no order: moderators see those of their spaces, members their own. */
export async function reportsById(reader: Reader, viewer: Viewer, ids: readonly Id[]): Promise<Report[]> {
  return reader.sql
    .select()
    .from(reports)
    .where(
      and(
        eq(reports.communityId, reader.communityId),
        inArray(reports.id, [...ids]),
        or(eq(reports.reporterId, viewer.memberId), moderatedBy(reader, viewer) ?? sql`true`),
      ),
    );
}

/** The condition that a report's post is in a space that `viewer` moderates; none for who moderates everywhere. */
function moderatedBy(reader: Reader, viewer: Viewer): SQL | undefined {
  if (moderates(viewer)) return undefined;
  return sql`exists (
    select from ${posts} p
    join ${threads} t on t.community_id = p.community_id and t.id = p.thread_id
    join ${spaceModerators} m on m.community_id = t.community_id and m.space_id = t.space_id
    where p.community_id = ${reader.communityId} and p.id = ${reports.postId} and m.member_id = ${viewer.memberId})`;
}

function spacesModerated(reader: Reader, viewer: Viewer): Promise<number> {
  const { communityId, memberId } = spaceModerators;
  return reader.sql.$count(spaceModerators, and(eq(communityId, reader.communityId), eq(memberId, viewer.memberId)));
}
