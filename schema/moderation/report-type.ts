import { Field, GraphQLISODateTime, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import type { ReportReason, ReportState } from "../../drizzle/tables/moderation.ts";
import type { Report } from "../../src/moderation/report-queries.ts";
import { UserError } from "../errors/user-error.ts";
import { connectionType } from "../graphql/connection.ts";
import type { Payload } from "../graphql/mutate.ts";
import { Node } from "../graphql/node.ts";
import { nodeId } from "../graphql/node-id.ts";

export enum ReportReasonEnum {
  SPAM = "spam",
  ABUSE = "abuse",
  OFF_TOPIC = "off-topic",
  OTHER = "other",
}
registerEnumType(ReportReasonEnum, { name: "ReportReason", description: "What is wrong with a post." });

export enum ReportStateEnum {
  OPEN = "open",
  UPHELD = "upheld",
  DISMISSED = "dismissed",
}
registerEnumType(ReportStateEnum, {
  name: "ReportState",
  description: "What became of a report.",
  valuesConfig: {
    OPEN: { description: "A moderator has yet to look." },
    UPHELD: { description: "The post was hidden." },
    DISMISSED: { description: "The post stays." },
  },
});

@ObjectType("Report", { implements: Node, description: "A member's report of a post to the moderators." })
export class ReportNode {
  @Field(() => ID, { description: "Global id." })
  id!: string;

  @Field(() => ReportReasonEnum, { description: "What the reporter finds wrong." })
  reason!: ReportReason;

  @Field(() => String, { description: "What they added; may be empty." })
  details!: string;

  @Field(() => Int, { description: "The revision of the post that they saw." })
  revision!: number;

  @Field(() => ReportStateEnum, { description: "What became of it." })
  state!: ReportState;

  @Field(() => GraphQLISODateTime, { description: "When it was made." })
  createdAt!: Date;

  @Field(() => GraphQLISODateTime, { nullable: true, description: "When a moderator decided." })
  resolvedAt!: Date | null;

  /** Ids for field resolvers. */
  postKey!: string;
  reporterKey!: string;
}

/** Presents a report. */
export function toReportNode(report: Report): ReportNode {
  const node = new ReportNode();
  node.id = nodeId("Report", report.id);
  node.reason = report.reason;
  node.details = report.details;
  node.revision = report.revision;
  node.state = report.state;
  node.createdAt = report.createdAt;
  node.resolvedAt = report.resolvedAt;
  node.postKey = report.postId;
  node.reporterKey = report.reporterId;
  return node;
}

export const ReportConnection = connectionType("Report", () => ReportNode);

@InputType({ description: "A post that the moderators should look at." })
export class PostReportInput {
  @Field(() => ID, { description: "The post." })
  postId!: string;

  @Field(() => Int, { description: "The revision that the caller saw." })
  revision!: number;

  @Field(() => ReportReasonEnum, { description: "What is wrong with it." })
  reason!: ReportReason;

  @Field(() => String, { defaultValue: "", description: "More about it, up to 2,000 characters." })
  details!: string;
}

@InputType({ description: "A moderator's decision on a post." })
export class PostModerateInput {
  @Field(() => ID, { description: "The post." })
  postId!: string;

  @Field(() => Int, { description: "The revision that the moderator looked at; refused when another one stands." })
  revision!: number;

  @Field(() => String, { description: "Why, up to 1,000 characters; kept in the audit log." })
  reason!: string;
}

@InputType({ description: "A moderator's decision to leave a reported post as it is." })
export class ReportDismissInput {
  @Field(() => ID, { description: "The report." })
  reportId!: string;

  @Field(() => Int, { description: "The revision of the post that the moderator looked at." })
  revision!: number;

  @Field(() => String, { description: "Why, up to 1,000 characters; kept in the audit log." })
  reason!: string;
}

@ObjectType({ description: "A report after what was done to it." })
export class ReportPayload implements Payload {
  @Field(() => ReportNode, { nullable: true, description: "The report; null when refused." })
  report?: ReportNode | null;

  @Field(() => [UserError], { description: "Why it was refused; empty when it was done." })
  userErrors!: UserError[];
}
