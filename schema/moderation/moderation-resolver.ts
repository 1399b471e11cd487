import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import { assert } from "../../src/kernel/assert.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { readPageRequest } from "../../src/kernel/pagination.ts";
import { dismissReport, reportPost } from "../../src/moderation/report-actions.ts";
import { listOpenReports, reportKey, reportsById } from "../../src/moderation/report-queries.ts";
import { hidePost, restorePost } from "../../src/moderation/visibility-actions.ts";
import type { Tx } from "../../src/platform/database/database.ts";
import { postInPayload, postLoader } from "../community/community-loaders.ts";
import { PostNode, PostPayload, toPostNode } from "../community/post-type.ts";
import { announced } from "../community/thread-activity.ts";
import { type Context, viewerOf } from "../context.ts";
import { type Connection, PageArgs, toConnection } from "../graphql/connection.ts";
import { mutate } from "../graphql/mutate.ts";
import { readNodeId } from "../graphql/node-id.ts";
import { memberLoader } from "../identity/member-loaders.ts";
import { MemberNode, toMemberNode } from "../identity/member-type.ts";
import { reportLoader } from "./report-loaders.ts";
import {
  PostModerateInput,
  PostReportInput,
  ReportConnection,
  ReportDismissInput,
  ReportNode,
  ReportPayload,
  toReportNode,
} from "./report-type.ts";

@Resolver(() => ReportNode)
export class ModerationResolver {
  @Authorized()
  @Query(() => ReportConnection, {
    description: "Open reports of the posts that the caller moderates, the longest waiting first. Moderators only.",
  })
  async reports(@Args(() => PageArgs) args: PageArgs, @Ctx() ctx: Context): Promise<Connection<ReportNode>> {
    const request = readPageRequest(args, 2, "report");
    const page = await ctx.read((reader) => listOpenReports(reader, viewerOf(ctx), request));
    return toConnection(page, toReportNode, reportKey, "report");
  }

  @Authorized()
  @Query(() => ReportNode, {
    nullable: true,
    description: "A report; null unless the caller made it or moderates.",
  })
  async report(
    @Arg("id", () => ID, { description: "The report's global id." }) id: string,
    @Ctx() ctx: Context,
  ): Promise<ReportNode | null> {
    const report = await ctx.load(reportLoader, readNodeId("Report", id, "id"));
    return report && toReportNode(report);
  }

  @FieldResolver(() => PostNode, { nullable: true, description: "The post; null when the caller may not see it." })
  async post(@Root() report: ReportNode, @Ctx() ctx: Context): Promise<PostNode | null> {
    const post = await ctx.load(postLoader, report.postKey);
    return post && toPostNode(post);
  }

  @FieldResolver(() => MemberNode, { description: "Who reported it." })
  async reporter(@Root() report: ReportNode, @Ctx() ctx: Context): Promise<MemberNode> {
    const reporter = await ctx.load(memberLoader, report.reporterKey);
    assert(reporter, "a reporter is a member");
    return toMemberNode(reporter);
  }

  @Authorized()
  @Mutation(() => ReportPayload, { description: "Reports a post to the moderators, once a member and post." })
  postReport(@Arg("input", () => PostReportInput) input: PostReportInput, @Ctx() ctx: Context): Promise<ReportPayload> {
    return mutate(ctx, async (tx, viewer) => {
      const postId = readNodeId("Post", input.postId, "postId");
      const { reportId } = await reportPost(tx, viewer, { ...input, postId }, ctx.now());
      return { report: await reportInPayload(ctx, tx, reportId) };
    });
  }

  @Authorized()
  @Mutation(() => PostPayload, {
    description:
      "Hides a post, and with an opening post its thread; upholds the open reports of it. Its moderators only.",
  })
  postHide(@Arg("input", () => PostModerateInput) input: PostModerateInput, @Ctx() ctx: Context): Promise<PostPayload> {
    return announced(
      ctx,
      mutate(ctx, async (tx, viewer) => {
        const postId = readNodeId("Post", input.postId, "postId");
        await hidePost(tx, viewer, { ...input, postId }, ctx.now());
        return { post: await postInPayload(ctx, tx, postId) };
      }),
    );
  }

  @Authorized()
  @Mutation(() => PostPayload, {
    description: "Shows a hidden or deleted post again, with all it counted for. Its moderators only.",
  })
  postRestore(
    @Arg("input", () => PostModerateInput) input: PostModerateInput,
    @Ctx() ctx: Context,
  ): Promise<PostPayload> {
    return announced(
      ctx,
      mutate(ctx, async (tx, viewer) => {
        const postId = readNodeId("Post", input.postId, "postId");
        await restorePost(tx, viewer, { ...input, postId }, ctx.now());
        return { post: await postInPayload(ctx, tx, postId) };
      }),
    );
  }

  @Authorized()
  @Mutation(() => ReportPayload, { description: "Closes a report and leaves its post as it is. Its moderators only." })
  reportDismiss(
    @Arg("input", () => ReportDismissInput) input: ReportDismissInput,
    @Ctx() ctx: Context,
  ): Promise<ReportPayload> {
    return mutate(ctx, async (tx, viewer) => {
      const reportId = readNodeId("Report", input.reportId, "reportId");
      await dismissReport(tx, viewer, { ...input, reportId }, ctx.now());
      return { report: await reportInPayload(ctx, tx, reportId) };
    });
  }
}

/** A report as a mutation left it, for its payload. */
async function reportInPayload(ctx: Context, tx: Tx, reportId: Id): Promise<ReportNode> {
  const [report] = await reportsById(tx, viewerOf(ctx), [reportId]);
  assert(report, "whoever makes or closes a report sees it");
  return toReportNode(report);
}
