import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";
import { churnReport, explainMember, latestScoredDay, scoreCursor, scoresPage } from "../../src/churn/churn-queries.ts";
import { assert } from "../../src/kernel/assert.ts";
import { readPageRequest, toPage } from "../../src/kernel/pagination.ts";
import { type Context, viewerOf } from "../context.ts";
import { type Connection, PageArgs, toConnection } from "../graphql/connection.ts";
import { readNodeId } from "../graphql/node-id.ts";
import { memberLoader } from "../identity/member-loaders.ts";
import { MemberNode, toMemberNode } from "../identity/member-type.ts";
import { ChurnReportNode, ChurnScoreConnection, ChurnScoreNode, toChurnReport, toChurnScore } from "./churn-types.ts";
import { ChurnExplanationUnion, toChurnExplanation } from "./explanation-types.ts";

@Resolver()
export class ChurnResolver {
  @Authorized("operator")
  @Query(() => ChurnReportNode, { description: "The churn model, its versions, and what it says of members now." })
  async churnReport(@Ctx() ctx: Context): Promise<ChurnReportNode> {
    return toChurnReport(await ctx.read(churnReport));
  }

  @Authorized("operator")
  @Query(() => ChurnScoreConnection, { description: "Members' latest scores, the likeliest to leave first." })
  async churnScores(@Args(() => PageArgs) page: PageArgs, @Ctx() ctx: Context): Promise<Connection<ChurnScoreNode>> {
    const request = readPageRequest(page, 2, "churn");
    const scores = await ctx.read(async (reader) => {
      const asOf = await latestScoredDay(reader);
      return asOf === null ? toPage([], request) : scoresPage(reader, asOf, request);
    });
    return toConnection(scores, toChurnScore, scoreCursor, "churn");
  }

  @Authorized("operator")
  @Query(() => ChurnExplanationUnion, { description: "Why a member's latest score is what it is." })
  async churnExplanation(
    @Arg("memberId", () => ID, { description: "The member." }) memberId: string,
    @Ctx() ctx: Context,
  ): Promise<typeof ChurnExplanationUnion> {
    const id = readNodeId("Member", memberId, "memberId");
    return toChurnExplanation(await ctx.read((reader) => explainMember(reader, id, viewerOf(ctx).locale)), id);
  }
}

@Resolver(() => ChurnScoreNode)
export class ChurnScoreFieldsResolver {
  @FieldResolver(() => MemberNode, { description: "Whose." })
  async member(@Root() { memberKey }: ChurnScoreNode, @Ctx() ctx: Context): Promise<MemberNode> {
    const member = await ctx.load(memberLoader, memberKey);
    assert(member, "a score's member exists");
    return toMemberNode(member);
  }
}
