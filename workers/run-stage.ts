import { and, eq } from "drizzle-orm";
import { communities } from "../drizzle/tables/identity.ts";
import { pipelineRuns } from "../drizzle/tables/platform.ts";
import { assert } from "../src/kernel/assert.ts";
import { addDays, type Day, dayIn, isDay, startOfDay } from "../src/kernel/calendar.ts";
import { type Id, newId } from "../src/kernel/ids.ts";
import type { Clock, Instant } from "../src/kernel/instant.ts";
import { describeError } from "../src/platform/log-redaction.ts";
import type { Stage, StageResult, StageServices } from "./stage.ts";

export interface StageRequest {
  readonly communityId: Id;
  /** A past day to run as of; the community's today when absent. */
  readonly asOf?: Day;
  readonly onProgress?: (done: number, total: number | null) => void;
}

export type StageOutcome =
  | { readonly kind: "ran"; readonly result: StageResult }
  | { readonly kind: "already-running" };

/**
 * Runs one stage for one community and records the run. Two runs of the same stage and community never overlap: a lock that
 * dies with its connection guards them, so a killed worker blocks nobody.
 */
export async function runStage(
  stage: Stage,
  request: StageRequest,
  services: StageServices,
  clock: Clock,
): Promise<StageOutcome> {
  assert(request.asOf === undefined || isDay(request.asOf), "a stage runs as of a day, YYYY-MM-DD");
  const run = await services.db.exclusively(`stage:${stage.name}:${request.communityId}`, () =>
    record(stage, request, services, clock),
  );
  return run.held ? { kind: "ran", result: run.result } : { kind: "already-running" };
}

async function record(
  stage: Stage,
  request: StageRequest,
  services: StageServices,
  clock: Clock,
): Promise<StageResult> {
  const { communityId, onProgress = () => {} } = request;
  const standing = await standpoint(request, services, clock());
  const id = newId(clock());
  const sql = services.db.system;
  const ofRun = and(eq(pipelineRuns.communityId, communityId), eq(pipelineRuns.id, id));
  // The stage's lock is ours, so a run that still says "running" was killed.
  await sql
    .update(pipelineRuns)
    .set({ state: "failed", error: "interrupted", finishedAt: clock() })
    .where(
      and(
        eq(pipelineRuns.communityId, communityId),
        eq(pipelineRuns.stage, stage.name),
        eq(pipelineRuns.state, "running"),
      ),
    );
  await sql
    .insert(pipelineRuns)
    .values({ communityId, id, stage: stage.name, asOf: standing.now, state: "running", startedAt: clock() });
  try {
    const runClock = standing.live ? clock : () => standing.now;
    const result = await stage.run({ ...services, ...standing, clock: runClock, communityId, onProgress });
    const { rows, summary = null } = result;
    await sql.update(pipelineRuns).set({ state: "succeeded", rows, summary, finishedAt: clock() }).where(ofRun);
    return result;
  } catch (error) {
    const told = describeError(error);
    // When the database itself is gone this fails too; the run then stays "running" until the next one starts.
    await sql
      .update(pipelineRuns)
      .set({ state: "failed", error: told, finishedAt: clock() })
      .where(ofRun)
      .catch(() => {});
    throw error;
  }
}

/** The day and moment a run stands at: a past day is run as if at its end. */
async function standpoint(
  request: StageRequest,
  services: StageServices,
  clockNow: Instant,
): Promise<{ asOf: Day; now: Instant; live: boolean }> {
  const [community] = await services.db.system
    .select()
    .from(communities)
    .where(eq(communities.id, request.communityId));
  assert(community, "a stage runs for a community that exists");
  const today = dayIn(community.timeZone, clockNow);
  if (request.asOf === undefined || request.asOf >= today) return { asOf: today, now: clockNow, live: true };
  const now = new Date(startOfDay(community.timeZone, addDays(request.asOf, 1)).getTime() - 1);
  return { asOf: request.asOf, now, live: false };
}
