import { and, eq } from "drizzle-orm";
import { type ReportReason, reports } from "../../drizzle/tables/moderation.ts";
import { lockPost } from "../content/content-locks.ts";
import { readText } from "../content/text-rules.ts";
import { assertMayContribute, type Viewer } from "../identity/viewer.ts";
import { assert } from "../kernel/assert.ts";
import { type Id, isId, newId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Tx } from "../platform/database/database.ts";
import { emit } from "../platform/outbox/emit.ts";
import { recordAction } from "./audit-actions.ts";
import { assertModerates, assertRevision, DETAILS_CHARACTERS_MAX, readReason } from "./moderation-rules.ts";

export interface PostReport {
  readonly postId: Id;
  /** The revision that the reporter saw, which may be older than the one that stands. */
  readonly revision: number;
  readonly reason: ReportReason;
  readonly details: string;
}

/**
 * Tells the moderators of a post; once a member and post.
 * @throws Refusal `report.own-post`, `report.already-made`, `post.hidden`, `not-found`, `member.suspended`, or `input.invalid`.
 */
export async function reportPost(tx: Tx, viewer: Viewer, input: PostReport, now: Instant): Promise<{ reportId: Id }> {
  assertMayContribute(viewer);
  const details = readText(input.details, {
    field: "details",
    charactersMin: 0,
    charactersMax: DETAILS_CHARACTERS_MAX,
    multiline: true,
  });
  const { post } = await lockPost(tx, viewer, input.postId, now);
  if (post.authorId === viewer.memberId) throw new Refusal("report.own-post", { postId: post.id });
  if (post.state !== "visible") throw new Refusal("post.hidden", { postId: post.id });
  if (!Number.isInteger(input.revision) || input.revision < 1 || input.revision > post.revision) {
    throw new Refusal("input.invalid", { reason: "the post has had no such revision" }, "revision");
  }
  const reportId = newId(now);
  const made = await tx.sql
    .insert(reports)
    .values({
      communityId: tx.communityId,
      id: reportId,
      postId: post.id,
      reporterId: viewer.memberId,
      reason: input.reason,
      details,
      revision: input.revision,
      state: "open",
      createdAt: now,
    })
    .onConflictDoNothing({ target: [reports.communityId, reports.postId, reports.reporterId] })
    .returning({ id: reports.id });
  if (made.length === 0) throw await alreadyMade(tx, viewer, post.id);
  await emit(tx, { type: "post.reported", reportId, postId: post.id, reporterId: viewer.memberId }, now);
  return { reportId };
}

async function alreadyMade(tx: Tx, viewer: Viewer, postId: Id): Promise<Refusal> {
  const [earlier] = await tx.sql
    .select({ id: reports.id })
    .from(reports)
    .where(
      and(eq(reports.communityId, tx.communityId), eq(reports.postId, postId), eq(reports.reporterId, viewer.memberId)),
    );
  assert(earlier, "a conflicting report can be read");
  return new Refusal("report.already-made", { reportId: earlier.id }, "postId");
}

export interface ReportDismissal {
  readonly reportId: Id;
  /** The revision of the post that the moderator looked at. */
  readonly revision: number;
  readonly reason: string;
}

/**
 * Closes a report without touching its post, and records who decided so.
 * @throws Refusal `not-allowed`, `not-found`, `report.resolved`, or `revision.outdated` when the post has changed since.
 */
export async function dismissReport(tx: Tx, viewer: Viewer, input: ReportDismissal, now: Instant): Promise<void> {
  const reason = readReason(input.reason);
  const ofReport = and(eq(reports.communityId, tx.communityId), eq(reports.id, input.reportId));
  const [named] = isId(input.reportId)
    ? await tx.sql.select({ postId: reports.postId }).from(reports).where(ofReport)
    : [];
  if (named === undefined) throw new Refusal("not-found", { what: "report", id: input.reportId }, "reportId");
  const { post, thread } = await lockPost(tx, viewer, named.postId, now);
  assertModerates(thread, "dismiss reports");
  assertRevision(post, input.revision);
  const dismissed = await tx.sql
    .update(reports)
    .set({ state: "dismissed", resolvedAt: now, resolvedById: viewer.memberId })
    .where(and(ofReport, eq(reports.state, "open")))
    .returning({ id: reports.id });
  if (dismissed.length === 0) throw new Refusal("report.resolved", { reportId: input.reportId });
  await recordAction(tx, viewer, { action: "report.dismissed", post, reason }, now);
}

/** Closes the open reports of a post that a moderator took out of sight. The caller holds the post's lock. */
export async function upholdReports(tx: Tx, viewer: Viewer, postId: Id, now: Instant): Promise<void> {
  await tx.sql
    .update(reports)
    .set({ state: "upheld", resolvedAt: now, resolvedById: viewer.memberId })
    .where(and(eq(reports.communityId, tx.communityId), eq(reports.postId, postId), eq(reports.state, "open")));
}
