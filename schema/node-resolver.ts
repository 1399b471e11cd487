import { Arg, Authorized, Ctx, ID, Query, Resolver } from "type-graphql";
import type { Id } from "../src/kernel/ids.ts";
import { Refusal } from "../src/kernel/refusal.ts";
import { postLoader, spaceLoader, threadLoader } from "./community/community-loaders.ts";
import { draftLoader } from "./community/draft-resolver.ts";
import { toDraftNode } from "./community/draft-type.ts";
import { toPostNode } from "./community/post-type.ts";
import { toSpaceNode } from "./community/space-type.ts";
import { toThreadNode } from "./community/thread-type.ts";
import type { Context } from "./context.ts";
import type { LoaderDefinition } from "./graphql/loader.ts";
import { Node } from "./graphql/node.ts";
import { type NodeType, readNodeId } from "./graphql/node-id.ts";
import { memberLoader } from "./identity/member-loaders.ts";
import { toMemberNode } from "./identity/member-type.ts";
import { reportLoader } from "./moderation/report-loaders.ts";
import { toReportNode } from "./moderation/report-type.ts";
import { toNudgeDecision } from "./nudges/decision-types.ts";
import { toNotification } from "./nudges/notification-types.ts";
import { decisionLoader, notificationLoader } from "./nudges/nudge-loaders.ts";

/** How each type is found again. The loaders return nothing that the viewer may not see. */
const FINDERS: Readonly<Partial<Record<NodeType, (ctx: Context, id: Id) => Promise<Node | null>>>> = {
  Member: finder(memberLoader, toMemberNode),
  Space: finder(spaceLoader, toSpaceNode),
  Thread: finder(threadLoader, toThreadNode),
  Post: finder(postLoader, toPostNode),
  Draft: finder(draftLoader, toDraftNode),
  Report: finder(reportLoader, toReportNode),
  Notification: finder(notificationLoader, toNotification),
  NudgeDecision: finder(decisionLoader, toNudgeDecision),
};

function finder<Row>(loader: LoaderDefinition<Id, Row | null>, toNode: (row: Row) => Node) {
  return async (ctx: Context, id: Id) => {
    const row = await ctx.load(loader, id);
    return row && toNode(row);
  };
}

@Resolver()
export class NodeResolver {
  @Authorized()
  @Query(() => Node, { nullable: true, description: "What has this global id; null when the caller may not see it." })
  async node(
    @Arg("id", () => ID, { description: "A global id." }) id: string,
    @Ctx() ctx: Context,
  ): Promise<Node | null> {
    const type = id.slice(0, Math.max(0, id.indexOf(":"))) as NodeType;
    const find = Object.hasOwn(FINDERS, type) ? FINDERS[type] : undefined;
    if (find === undefined) throw new Refusal("input.invalid", { reason: "give an id as the API returned it" }, "id");
    return find(ctx, readNodeId(type, id, "id"));
  }
}
