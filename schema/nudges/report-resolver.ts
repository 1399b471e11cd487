import { Arg, Authorized, Ctx, Query, Resolver } from "type-graphql";
import { actionCounts, budgetsOf, policyReport } from "../../src/nudges/report-queries.ts";
import { readSpan } from "../../src/nudges/report-rules.ts";
import type { Context } from "../context.ts";
import { NudgeReport, toNudgeReport } from "./report-types.ts";

@Resolver()
export class NudgeReportResolver {
  @Authorized("operator")
  @Query(() => NudgeReport, { description: "What the policy achieved with decisions of these days." })
  nudgeReport(
    @Arg("from", () => String, { description: "The first day of decisions, `YYYY-MM-DD`." }) from: string,
    @Arg("to", () => String, { description: "The last day of decisions; at most 366 days in all." }) to: string,
    @Ctx() ctx: Context,
  ): Promise<NudgeReport> {
    const span = readSpan({ from, to });
    return ctx.read(async (reader) =>
      toNudgeReport(await policyReport(reader, span), await actionCounts(reader, span), await budgetsOf(reader, span)),
    );
  }
}
