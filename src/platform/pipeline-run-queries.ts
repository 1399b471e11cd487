import { and, asc, desc, eq, gt, lt } from "drizzle-orm";
import { pipelineRuns } from "../../drizzle/tables/platform.ts";
import { isId } from "../kernel/ids.ts";
import { type Page, type PageRequest, toPage } from "../kernel/pagination.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Reader } from "./database/database.ts";

export type PipelineRun = typeof pipelineRuns.$inferSelect;

/**
 * Runs of the community's stages, newest first; the cursor is the run's id.
 * @param stage only runs of this one; null for all.
 * @throws Refusal `input.invalid` for a cursor that is not of this list.
 */
export async function pipelineRunPage(
  reader: Reader,
  stage: string | null,
  request: PageRequest,
): Promise<Page<PipelineRun>> {
  const forward = request.direction === "forward";
  const cursor = request.cursor?.[0];
  if (cursor !== undefined && !isId(cursor)) {
    const reason = "the cursor is not one that this list returned; ask for the first page again";
    throw new Refusal("input.invalid", { reason }, forward ? "after" : "before");
  }
  const rows = await reader.sql
    .select()
    .from(pipelineRuns)
    .where(
      and(
        eq(pipelineRuns.communityId, reader.communityId),
        stage === null ? undefined : eq(pipelineRuns.stage, stage),
        cursor === undefined ? undefined : (forward ? lt : gt)(pipelineRuns.id, cursor),
      ),
    )
    .orderBy((forward ? desc : asc)(pipelineRuns.id))
    .limit(request.size + 1);
  return toPage(rows, request);
}

/**
 * The latest run of each stage that has run, by stage. Walks from stage to stage through the index: stages are few, and runs
 * many.
 */
export async function latestPipelineRuns(reader: Reader): Promise<PipelineRun[]> {
  const { rows } = await reader.client.query<PipelineRun>({
    name: "pipeline_runs_latest",
    text: `with recursive stages as (
             (select stage from pipeline_runs where community_id = $1 order by stage limit 1)
             union all
             select (select r.stage from pipeline_runs r where r.community_id = $1 and r.stage > s.stage order by r.stage limit 1)
             from stages s where s.stage is not null
           )
           select r.community_id as "communityId", r.id, r.stage, r.as_of as "asOf", r.state, r.rows, r.summary, r.error,
             r.started_at as "startedAt", r.finished_at as "finishedAt"
           from stages s
           cross join lateral (
             select * from pipeline_runs where community_id = $1 and stage = s.stage order by started_at desc, id desc limit 1
           ) r
           order by r.stage`,
    values: [reader.communityId],
  });
  return rows;
}
