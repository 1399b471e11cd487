import { Args, Authorized, Ctx, FieldResolver, Query, Resolver, Root } from "type-graphql";
import { assert } from "../../src/kernel/assert.ts";
import { readPageRequest } from "../../src/kernel/pagination.ts";
import { decisionPage } from "../../src/nudges/decided-queries.ts";
import { type Context, viewerOf } from "../context.ts";
import { type Connection, toConnection } from "../graphql/connection.ts";
import { memberLoader } from "../identity/member-loaders.ts";
import { MemberNode, toMemberNode } from "../identity/member-type.ts";
import {
  NudgeDecisionConnection,
  NudgeDecisionNode,
  NudgeDecisionsArgs,
  NudgeDelivery,
  NudgeOutcome,
  readFilter,
  toNudgeDecision,
} from "./decision-types.ts";
import { deliveriesLoader, outcomeLoader } from "./nudge-loaders.ts";

@Resolver()
export class NudgeDecisionResolver {
  @Authorized("operator")
  @Query(() => NudgeDecisionConnection, { description: "What was decided, newest first." })
  async nudgeDecisions(
    @Args(() => NudgeDecisionsArgs) args: NudgeDecisionsArgs,
    @Ctx() ctx: Context,
  ): Promise<Connection<NudgeDecisionNode>> {
    const request = readPageRequest(args, 1);
    const filter = readFilter(args);
    const decisions = await ctx.read((reader) => decisionPage(reader, viewerOf(ctx), filter, request));
    return toConnection(decisions, toNudgeDecision, (decision) => [decision.id]);
  }
}

@Resolver(() => NudgeDecisionNode)
export class NudgeDecisionFieldsResolver {
  @FieldResolver(() => MemberNode, { description: "About whom." })
  async member(@Root() { memberKey }: NudgeDecisionNode, @Ctx() ctx: Context): Promise<MemberNode> {
    const member = await ctx.load(memberLoader, memberKey);
    assert(member, "a decision's member exists");
    return toMemberNode(member);
  }

  @FieldResolver(() => [NudgeDelivery], { description: "How the member was told, by channel; empty before." })
  deliveries(@Root() { key }: NudgeDecisionNode, @Ctx() ctx: Context): Promise<NudgeDelivery[]> {
    return ctx.load(deliveriesLoader, key);
  }

  @FieldResolver(() => NudgeOutcome, {
    nullable: true,
    description: "What became of the member; null until the window and a day for late events are over.",
  })
  outcome(@Root() { key }: NudgeDecisionNode, @Ctx() ctx: Context): Promise<NudgeOutcome | null> {
    return ctx.load(outcomeLoader, key);
  }
}
