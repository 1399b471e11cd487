import { analyseHoldout, type HoldoutAnalysis } from "../experiments/holdout-analysis-rules.ts";
import type { Day } from "../kernel/calendar.ts";
import type { Reader } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";

interface GroupRow {
  holdout: boolean;
  members: number;
  retained: number;
  cost: number;
}

const selectGroups = prepared<GroupRow>(
  "nudge_report_groups",
  `select f.holdout, count(*)::int as members, count(*) filter (where f.retained)::int as retained, coalesce(sum(c.cost), 0)::int as cost
   from (
     select distinct on (d.member_id) d.member_id, d.holdout, o.retained
     from nudge_decisions d
     join nudge_outcomes o on o.community_id = d.community_id and o.decision_id = d.id
     where d.community_id = $1 and d.as_of between $2::date and $3::date
     order by d.member_id, d.as_of, d.id
   ) f
   join lateral (
     select sum(d.cost) as cost from nudge_decisions d
     where d.community_id = $1 and d.member_id = f.member_id and d.as_of between $2::date and $3::date
   ) c on true
   group by f.holdout`,
);

const NOBODY = { members: 0, retained: 0, cost: 0 };

/**
 * What the policy achieved on decisions of `from` to `to`: each member counts once, by their first decision in that time, as treated
 * or held out by assignment and not by what was done; all that was spent on them counts as cost.
 */
export async function policyReport(reader: Reader, span: { from: Day; to: Day }): Promise<HoldoutAnalysis> {
  const rows = await selectGroups(reader, [reader.communityId, span.from, span.to]);
  const group = (holdout: boolean) => rows.find((row) => row.holdout === holdout) ?? NOBODY;
  return analyseHoldout(group(false), group(true));
}

export interface ActionCount {
  readonly action: string;
  readonly decisions: number;
  readonly cost: number;
}

const selectActions = prepared<ActionCount>(
  "nudge_report_actions",
  `select case when holdout then 'holdout' else action end as action, count(*)::int as decisions, sum(cost)::int as cost
   from nudge_decisions where community_id = $1 and as_of between $2::date and $3::date
   group by 1 order by 1`,
);

/** How often each action was decided. */
export async function actionCounts(reader: Reader, span: { from: Day; to: Day }): Promise<ActionCount[]> {
  return selectActions(reader, [reader.communityId, span.from, span.to]);
}
