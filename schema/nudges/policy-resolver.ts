import { Arg, Authorized, Ctx, Mutation, Query, Resolver } from "type-graphql";
import { replacePolicy } from "../../src/nudges/policy-actions.ts";
import { publishedPolicy } from "../../src/nudges/policy-queries.ts";
import type { Context } from "../context.ts";
import { mutate } from "../graphql/mutate.ts";
import {
  NudgePolicyNode,
  NudgePolicyPublishInput,
  NudgePolicyPublishPayload,
  readSettings,
  toNudgePolicy,
} from "./policy-types.ts";

@Resolver()
export class NudgePolicyResolver {
  @Authorized("operator")
  @Query(() => NudgePolicyNode, { nullable: true, description: "The policy in force; null before one was published." })
  async nudgePolicy(@Ctx() ctx: Context): Promise<NudgePolicyNode | null> {
    const policy = await ctx.read(publishedPolicy);
    return policy && toNudgePolicy(policy);
  }

  @Authorized("operator")
  @Mutation(() => NudgePolicyPublishPayload, {
    description: "Puts a new version of the policy into force, from the next decision on.",
  })
  nudgePolicyPublish(
    @Arg("input", () => NudgePolicyPublishInput) input: NudgePolicyPublishInput,
    @Ctx() ctx: Context,
  ): Promise<NudgePolicyPublishPayload> {
    return mutate(ctx, async (tx) => {
      const replacement = { settings: readSettings(input.settings), seenVersion: input.seenVersion };
      return { nudgePolicy: toNudgePolicy(await replacePolicy(tx, replacement, ctx.now())) };
    });
  }
}
