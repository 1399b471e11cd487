import { Arg, Args, Authorized, Ctx, Mutation, Query, Resolver } from "type-graphql";
import { readPageRequest } from "../../src/kernel/pagination.ts";
import { latestPipelineRuns, pipelineRunPage } from "../../src/platform/pipeline-run-queries.ts";
import type { Context } from "../context.ts";
import { type Connection, PageArgs, toConnection } from "../graphql/connection.ts";
import { mutateOutside } from "../graphql/mutate.ts";
import {
  PipelineRunConnection,
  PipelineRunNode,
  PipelineRunStartInput,
  PipelineRunStartPayload,
  toPipelineRun,
} from "./run-types.ts";

@Resolver()
export class PipelineRunResolver {
  @Authorized("operator")
  @Query(() => [PipelineRunNode], { description: "The latest run of each stage that has run, by the stage's name." })
  async pipelineLatestRuns(@Ctx() ctx: Context): Promise<PipelineRunNode[]> {
    return (await ctx.read(latestPipelineRuns)).map(toPipelineRun);
  }

  @Authorized("operator")
  @Query(() => PipelineRunConnection, { description: "Runs of the pipeline's stages, newest first." })
  async pipelineRuns(
    @Arg("stage", () => String, { nullable: true, description: "Only runs of this stage." }) stage: string | null,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() ctx: Context,
  ): Promise<Connection<PipelineRunNode>> {
    const request = readPageRequest(page, 1, "run");
    const runs = await ctx.read((reader) => pipelineRunPage(reader, stage ?? null, request));
    return toConnection(runs, toPipelineRun, (run) => [run.id], "run");
  }

  @Authorized("operator")
  @Mutation(() => PipelineRunStartPayload, {
    description: "Asks the workers to run a stage now. A stage that is running already does not run twice at once.",
  })
  pipelineRunStart(
    @Arg("input", () => PipelineRunStartInput) { stage }: PipelineRunStartInput,
    @Ctx() ctx: Context,
  ): Promise<PipelineRunStartPayload> {
    return mutateOutside(ctx, async ({ communityId }) => {
      await ctx.services.enqueueStage(communityId, stage);
      return { stage };
    });
  }
}
