import { and, asc, desc, eq, inArray, sql } from "drizzle-orm";
import { reports } from "../../drizzle/tables/moderation.ts";
import { moderates, type Viewer } from "../identity/viewer.ts";
import type { Id } from "../kernel/ids.ts";
import { type Page, type PageRequest, readTimeKey, timeKeyParts, toPage } from "../kernel/pagination.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Reader } from "../platform/database/database.ts";

export type Report = typeof reports.$inferSelect;

/**
 * The review queue: open reports, the longest waiting first.
 * @throws Refusal `not-allowed` unless `viewer` moderates, or `input.invalid` for a cursor that is not of this list.
 */
export async function listOpenReports(reader: Reader, viewer: Viewer, request: PageRequest): Promise<Page<Report>> {
  if (!moderates(viewer)) throw new Refusal("not-allowed", { what: "see reports" });
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
    .where(and(eq(reports.communityId, reader.communityId), eq(reports.state, "open"), beyond))
    .orderBy(direction(reports.createdAt), direction(reports.id))
    .limit(request.size + 1);
  return toPage(rows, request);
}

/** Where a report stands in {@link listOpenReports}. */
export function reportKey(report: Report): readonly [string, string] {
  return timeKeyParts(report.createdAt, report.id);
}

/** The reports among `ids` that `viewer` may see, in no order: moderators see all, members their own. */
export async function reportsById(reader: Reader, viewer: Viewer, ids: readonly Id[]): Promise<Report[]> {
  return reader.sql
    .select()
    .from(reports)
    .where(
      and(
        eq(reports.communityId, reader.communityId),
        inArray(reports.id, [...ids]),
        moderates(viewer) ? undefined : eq(reports.reporterId, viewer.memberId),
      ),
    );
}
