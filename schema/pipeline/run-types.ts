import { Field, GraphQLISODateTime, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import type { PipelineRunState } from "../../drizzle/tables/platform.ts";
import type { PipelineRun } from "../../src/platform/pipeline-run-queries.ts";
import { UserError } from "../errors/user-error.ts";
import { connectionType } from "../graphql/connection.ts";
import type { Payload } from "../graphql/mutate.ts";
import { nodeId } from "../graphql/node-id.ts";

export enum PipelineRunStateEnum {
  RUNNING = "running",
  SUCCEEDED = "succeeded",
  FAILED = "failed",
}
registerEnumType(PipelineRunStateEnum, { name: "PipelineRunState", description: "How a run stands." });

@ObjectType("PipelineRun", { description: "One run of one stage of the pipeline for the caller's community." })
export class PipelineRunNode {
  @Field(() => ID, { description: "Global id." })
  id!: string;

  @Field(() => String, { description: "The stage, such as `decide-nudges`." })
  stage!: string;

  @Field(() => GraphQLISODateTime, { description: "The moment that it acted at: what is later was not seen." })
  asOf!: Date;

  @Field(() => PipelineRunStateEnum, { description: "How it stands." })
  state!: PipelineRunState;

  @Field(() => Int, { nullable: true, description: "Rows that it wrote or settled; null until it succeeded." })
  rows!: number | null;

  @Field(() => String, { nullable: true, description: "What it did, in a sentence, where it has one." })
  summary!: string | null;

  @Field(() => String, { nullable: true, description: "Why it failed; null when it did not." })
  error!: string | null;

  @Field(() => GraphQLISODateTime, { description: "When it started." })
  startedAt!: Date;

  @Field(() => GraphQLISODateTime, { nullable: true, description: "When it ended; null while it runs." })
  finishedAt!: Date | null;
}

export const PipelineRunConnection = connectionType("PipelineRun", () => PipelineRunNode);

@InputType({ description: "What to run." })
export class PipelineRunStartInput {
  @Field(() => String, { description: "The stage, such as `decide-nudges`." })
  stage!: string;
}

@ObjectType({
  description: "What the workers were asked for. The run itself shows in `pipelineRuns` once it has begun.",
})
export class PipelineRunStartPayload implements Payload {
  @Field(() => String, { nullable: true, description: "The stage that will run; null when refused." })
  stage?: string | null;

  @Field(() => [UserError], { description: "Why it was refused; empty when it was done." })
  userErrors!: UserError[];
}

/** Presents a run. */
export function toPipelineRun({ communityId: _tenant, id, ...run }: PipelineRun): PipelineRunNode {
  return { ...run, id: nodeId("PipelineRun", id) };
}
