import { Arg, Authorized, Ctx, Mutation, Query, Resolver } from "type-graphql";
import { publishPointRule } from "../../src/rewards/rule-actions.ts";
import { allRules } from "../../src/rewards/rule-queries.ts";
import type { Context } from "../context.ts";
import { mutate } from "../graphql/mutate.ts";
import {
  PointRuleNode,
  PointRulePublishInput,
  PointRulePublishPayload,
  readPointRule,
  toPointRule,
} from "./rule-types.ts";

@Resolver()
export class PointRuleResolver {
  @Authorized("operator")
  @Query(() => [PointRuleNode], { description: "The rules by which points are earned, by key." })
  async pointRules(
    @Arg("history", () => Boolean, {
      defaultValue: false,
      description: "Also every earlier version, the newest first within a key.",
    })
    history: boolean,
    @Ctx() ctx: Context,
  ): Promise<PointRuleNode[]> {
    const rules = await ctx.read((reader) => allRules(reader, { history }));
    return rules.map(toPointRule);
  }

  @Authorized("operator")
  @Mutation(() => PointRulePublishPayload, {
    description: "Publishes a rule or its next version; what earlier versions paid stays as it was.",
  })
  pointRulePublish(
    @Arg("input", () => PointRulePublishInput) input: PointRulePublishInput,
    @Ctx() ctx: Context,
  ): Promise<PointRulePublishPayload> {
    return mutate(ctx, async (tx, viewer) => ({
      pointRule: toPointRule(await publishPointRule(tx, viewer, readPointRule(input), ctx.now())),
    }));
  }
}
