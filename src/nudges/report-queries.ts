import { and, between, eq } from "drizzle-orm";
import { type NudgeAction, nudgeBudgets } from "../../drizzle/tables/nudges.ts";
import { analyseHoldout, type HoldoutAnalysis } from "../experiments/holdout-analysis-rules.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Reader } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";
import type { Span } from "./report-rules.ts";

interface GroupRow {
  holdout: boolean;
  members: number;
  retained: number;
  cost: number;
  recorded_at: Date;
}

const selectGroups = prepared<GroupRow>(
  "nudge_report_groups",
  `select f.holdout, count(*)::int as members, count(*) filter (where o.retained)::int as retained,
     sum(f.cost)::double precision as cost, max(o.recorded_at) as recorded_at
   from (
     select distinct on (member_id) id, holdout,
       sum(case when grant_state = 'withdrawn' then 0 else cost end) over (partition by member_id) as cost
     from nudge_decisions
     where community_id = $1 and as_of between $2::date and $3::date
     order by member_id, as_of, id
   ) f
   join nudge_outcomes o on o.community_id = $1 and o.decision_id = f.id
   group by f.holdout`,
);

const NOBODY = { members: 0, retained: 0, cost: 0 };

export interface PolicyReport {
  readonly analysis: HoldoutAnalysis;
  /** When the newest outcome in it was recorded; null while there is none. */
  readonly asOf: Instant | null;
}

/**
 * What the policy achieved on decisions of `span`: each member counts once, by their first decision in it and what became of them
 * after that, as treated or held out by assignment and not by what was done. All that was decided to be spent on them in the span
 * counts as cost, except for what was withdrawn. Members whose outcome is not known yet are left out.
 */
export async function policyReport(reader: Reader, span: Span): Promise<PolicyReport> {
  const rows = await selectGroups(reader, [reader.communityId, span.from, span.to]);
  const group = (holdout: boolean) => {
    const { members, retained, cost } = rows.find((row) => row.holdout === holdout) ?? NOBODY;
    return { members, retained, cost };
  };
  const asOf = rows.reduce<Date | null>(
    (latest, row) => (latest === null || row.recorded_at > latest ? row.recorded_at : latest),
    null,
  );
  return { analysis: analyseHoldout(group(false), group(true)), asOf };
}

export interface ActionCount {
  /** What was decided; null for those held out, about whom nothing was to be decided. */
  readonly action: NudgeAction | null;
  readonly decisions: number;
  readonly cost: number;
  /** How many of them were to give something and could not, so that it was withdrawn. */
  readonly withdrawn: number;
  /** What of the cost came back with them. */
  readonly returned: number;
}

const selectActions = prepared<ActionCount>(
  "nudge_report_actions",
  `select case when not holdout then action end as action, count(*)::int as decisions,
     sum(cost)::double precision as cost,
     count(*) filter (where grant_state = 'withdrawn')::int as withdrawn,
     coalesce(sum(cost) filter (where grant_state = 'withdrawn'), 0)::double precision as returned
   from nudge_decisions where community_id = $1 and as_of between $2::date and $3::date
   group by 1 order by 1 nulls last`,
);

/** How often each action was decided in `span`. */
export async function actionCounts(reader: Reader, span: Span): Promise<ActionCount[]> {
  return selectActions(reader, [reader.communityId, span.from, span.to]);
}

export interface MonthBudget {
  /** `YYYY-MM`, by UTC. */
  readonly month: string;
  readonly allowed: number;
  readonly spent: number;
  readonly returned: number;
}

/** The budgets of the months in `span`, in their order; a month in which nothing was decided has none. */
export async function budgetsOf(reader: Reader, span: Span): Promise<MonthBudget[]> {
  const { month, allowed, spent, returned } = nudgeBudgets;
  return reader.sql
    .select({ month, allowed, spent, returned })
    .from(nudgeBudgets)
    .where(
      and(eq(nudgeBudgets.communityId, reader.communityId), between(month, span.from.slice(0, 7), span.to.slice(0, 7))),
    )
    .orderBy(month);
}
