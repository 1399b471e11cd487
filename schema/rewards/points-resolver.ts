import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";
import { moderates, type Viewer } from "../../src/identity/viewer.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { readPageRequest, timeKeyParts } from "../../src/kernel/pagination.ts";
import { Refusal } from "../../src/kernel/refusal.ts";
import { badgesByMember } from "../../src/rewards/badge-queries.ts";
import { levelOf } from "../../src/rewards/level-rules.ts";
import { pointsStatement } from "../../src/rewards/points-queries.ts";
import { pointsWhy } from "../../src/rewards/why-queries.ts";
import { type Context, viewerOf } from "../context.ts";
import { type Connection, PageArgs, toConnection } from "../graphql/connection.ts";
import { nodeId, readNodeId } from "../graphql/node-id.ts";
import { MeNode } from "../identity/me-type.ts";
import { MemberNode, Points } from "../identity/member-type.ts";
import { BadgeNode, toBadge } from "./badge-type.ts";
import { pointsLoader } from "./points-loaders.ts";
import {
  LedgerEntryConnection,
  LedgerEntryNode,
  PointsBalance,
  toLedgerEntry,
  toPointsBalance,
} from "./points-types.ts";

/** As many as anybody looks at on a profile. */
const BADGES_MAX = 100;

@Resolver()
export class PointsResolver {
  @Authorized()
  @Query(() => LedgerEntryConnection, {
    description: "What moved a member's points, newest first: the caller's own, or anybody's for moderators.",
  })
  async pointsStatement(
    @Args(() => PageArgs) page: PageArgs,
    @Arg("memberId", () => ID, { nullable: true, description: "The member; the caller when left out." })
    memberId: string | null | undefined,
    @Ctx() ctx: Context,
  ): Promise<Connection<LedgerEntryNode>> {
    const viewer = viewerOf(ctx);
    const whose = memberId == null ? viewer.memberId : readNodeId("Member", memberId, "memberId");
    assertMaySeePoints(viewer, whose);
    const request = readPageRequest(page, 2, "points");
    const rows = await ctx.read((reader) => pointsStatement(reader, whose, request));
    return toConnection(
      rows,
      (row) => toLedgerEntry(row, viewer.locale),
      (row) => timeKeyParts(row.occurredAt, row.id),
      "points",
    );
  }

  @Authorized()
  @Query(() => [LedgerEntryNode], {
    description: "Why an entry stands as it does: what it was for, what took it back, what restored it, oldest first.",
  })
  async pointsWhy(
    @Arg("entryId", () => ID, { description: "Any entry of the story." }) entryId: string,
    @Ctx() ctx: Context,
  ): Promise<LedgerEntryNode[]> {
    const viewer = viewerOf(ctx);
    const id = readNodeId("LedgerEntry", entryId, "entryId");
    const story = await ctx.read((reader) => pointsWhy(reader, id));
    const seen = story.filter((row) => row.memberId === viewer.memberId || moderates(viewer));
    if (seen.length === 0) throw new Refusal("not-found", { what: "ledger entry", id: entryId }, "entryId");
    return seen.map((row) => toLedgerEntry(row, viewer.locale));
  }

  @Authorized()
  @Query(() => [BadgeNode], { description: "A member's badges, newest first, at most 100." })
  async badges(
    @Arg("memberId", () => ID, { nullable: true, description: "The member; the caller when left out." })
    memberId: string | null | undefined,
    @Ctx() ctx: Context,
  ): Promise<BadgeNode[]> {
    const { memberId: own, locale } = viewerOf(ctx);
    const whose = memberId == null ? own : readNodeId("Member", memberId, "memberId");
    const [badges = []] = await ctx.read((reader) => badgesByMember(reader, [whose], BADGES_MAX));
    return badges.map((badge) => toBadge(badge, locale));
  }
}

@Resolver(() => MemberNode)
export class MemberPointsResolver {
  @FieldResolver(() => Points, { description: "What the member has earned." })
  points(@Root() member: MemberNode, @Ctx() ctx: Context): Points | Promise<Points> {
    return member.knownPoints ?? ctx.load(pointsLoader, member.key).then(({ experience }) => toPoints(experience));
  }
}

@Resolver(() => MeNode)
export class MyPointsResolver {
  @FieldResolver(() => PointsBalance, { description: "What the caller has earned, and may spend." })
  async points(@Root() _me: MeNode, @Ctx() ctx: Context): Promise<PointsBalance> {
    return toPointsBalance(await ctx.load(pointsLoader, viewerOf(ctx).memberId));
  }
}

/** What everybody sees of a member's points. */
function toPoints(experience: number): Points {
  return { experience, level: levelOf(experience).level };
}

function assertMaySeePoints(viewer: Viewer, memberId: Id): void {
  if (viewer.memberId === memberId || moderates(viewer)) return;
  throw new Refusal("not-found", { what: "points statement", id: nodeId("Member", memberId) }, "memberId");
}
