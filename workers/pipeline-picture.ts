import { PIPELINE } from "./pipeline.ts";
import type { Stage } from "./stage.ts";

/** The pipeline as a Mermaid flow chart: what is kept in boxes, stages on the arrows; effects, which act once, dotted. */
export function drawPipeline(stages: readonly Stage[] = PIPELINE): string {
  const arrow = ({ reads, writes, name, kind }: Stage) =>
    kind === "derived" ? `  ${reads} -- ${name} --> ${writes}` : `  ${reads} -. ${name} .-> ${writes}`;
  return ["flowchart LR", ...stages.map(arrow)].join("\n");
}
