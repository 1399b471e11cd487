import { and, asc, desc, eq, gt, inArray, lt, ne } from "drizzle-orm";
import { type NudgeAction, nudgeDecisions, nudgeDeliveries, nudgeOutcomes } from "../../drizzle/tables/nudges.ts";
import { operates, type Viewer } from "../identity/viewer.ts";
import { type Id, isId } from "../kernel/ids.ts";
import { type Page, type PageRequest, toPage } from "../kernel/pagination.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Reader } from "../platform/database/database.ts";
import type { Decision } from "./decision-rules.ts";
import type { GrantObstacle } from "./grant-rules.ts";

/** A decision as it was logged. */
export interface NudgeDecision
  extends Omit<typeof nudgeDecisions.$inferSelect, "actionSet" | "leftOut" | "grantReason">,
    Pick<Decision, "actionSet" | "leftOut"> {
  readonly grantReason: GrantObstacle | null;
}

export interface DecisionFilter {
  readonly action: NudgeAction | null;
  readonly holdout: boolean | null;
  readonly memberId: Id | null;
}

/**
 * What was decided, newest first; the cursor is the decision's id.
 * @throws Refusal `not-allowed` unless `viewer` operates, or `input.invalid` for a cursor that is not of this list.
 */
export async function decisionPage(
  reader: Reader,
  viewer: Viewer,
  filter: DecisionFilter,
  request: PageRequest,
): Promise<Page<NudgeDecision>> {
  if (!operates(viewer)) throw new Refusal("not-allowed", { what: "see decisions" });
  const forward = request.direction === "forward";
  const cursor = request.cursor?.[0];
  if (cursor !== undefined && !isId(cursor)) {
    const reason = "the cursor is not one that this list returned; ask for the first page again";
    throw new Refusal("input.invalid", { reason }, forward ? "after" : "before");
  }
  const { action, holdout, memberId } = filter;
  const { communityId, id } = nudgeDecisions;
  const rows = await reader.sql
    .select()
    .from(nudgeDecisions)
    .where(
      and(
        eq(communityId, reader.communityId),
        action === null ? undefined : eq(nudgeDecisions.action, action),
        // What the partial index of the rarer decisions asks for.
        action === null || action === "nothing" ? undefined : ne(nudgeDecisions.action, "nothing"),
        holdout === null ? undefined : eq(nudgeDecisions.holdout, holdout),
        memberId === null ? undefined : eq(nudgeDecisions.memberId, memberId),
        cursor === undefined ? undefined : (forward ? lt : gt)(id, cursor),
      ),
    )
    .orderBy((forward ? desc : asc)(id))
    .limit(request.size + 1);
  return toPage(rows as NudgeDecision[], request);
}

/** The decisions among `ids` that `viewer` may see, in no order: operators see all, others none. */
export async function decisionsById(reader: Reader, viewer: Viewer, ids: readonly Id[]): Promise<NudgeDecision[]> {
  if (!operates(viewer)) return [];
  const rows = await reader.sql
    .select()
    .from(nudgeDecisions)
    .where(and(eq(nudgeDecisions.communityId, reader.communityId), inArray(nudgeDecisions.id, [...ids])));
  return rows as NudgeDecision[];
}

export type NudgeDelivery = typeof nudgeDeliveries.$inferSelect;
export type NudgeOutcome = typeof nudgeOutcomes.$inferSelect;

/** How decisions reached their members, in no order. */
export async function deliveriesOf(reader: Reader, decisionIds: readonly Id[]): Promise<NudgeDelivery[]> {
  return reader.sql
    .select()
    .from(nudgeDeliveries)
    .where(
      and(eq(nudgeDeliveries.communityId, reader.communityId), inArray(nudgeDeliveries.decisionId, [...decisionIds])),
    )
    .orderBy(desc(nudgeDeliveries.channel));
}

/** What became of the members after decisions, in no order; missing while the window is open. */
export async function outcomesOf(reader: Reader, decisionIds: readonly Id[]): Promise<NudgeOutcome[]> {
  return reader.sql
    .select()
    .from(nudgeOutcomes)
    .where(and(eq(nudgeOutcomes.communityId, reader.communityId), inArray(nudgeOutcomes.decisionId, [...decisionIds])));
}
