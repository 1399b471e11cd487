import "reflect-metadata";
import type { GraphQLSchema } from "graphql";
import type { NonEmptyArray } from "type-graphql";
import { InvariantError } from "../src/kernel/assert.ts";
import { ChurnResolver, ChurnScoreFieldsResolver } from "./churn/churn-resolver.ts";
import { AnonymousReplyResolver, AnonymousThreadResolver } from "./community/anonymous-name.ts";
import { DraftResolver } from "./community/draft-resolver.ts";
import { PollResolver } from "./community/poll-resolver.ts";
import { PostResolver } from "./community/post-resolver.ts";
import { RevisionResolver } from "./community/revision-resolver.ts";
import { SpaceResolver } from "./community/space-resolver.ts";
import { SpaceThreadsResolver } from "./community/space-threads-resolver.ts";
import { ThreadActivityResolver } from "./community/thread-activity.ts";
import { ThreadResolver } from "./community/thread-resolver.ts";
import {
  CouponCampaignResolver,
  CouponFieldsResolver,
  CouponRedemptionFieldsResolver,
} from "./coupons/campaign-resolver.ts";
import { CouponRedemptionResolver } from "./coupons/redemption-resolver.ts";
import { checkAccess } from "./graphql/access.ts";
import { buildLeanSchema } from "./graphql/lean-schema.ts";
import {
  EntitlementResolver,
  MemberEntitlementsResolver,
  MyEntitlementsResolver,
} from "./identity/entitlement-resolver.ts";
import { IdentityResolver } from "./identity/identity-resolver.ts";
import { ModerationResolver } from "./moderation/moderation-resolver.ts";
import { ThreadModerationResolver } from "./moderation/thread-moderation-resolver.ts";
import { NodeResolver } from "./node-resolver.ts";
import { NudgeDecisionFieldsResolver, NudgeDecisionResolver } from "./nudges/decision-resolver.ts";
import { InboxResolver, NotificationResolver } from "./nudges/notification-resolver.ts";
import { NudgePolicyResolver } from "./nudges/policy-resolver.ts";
import { NudgeReportResolver } from "./nudges/report-resolver.ts";
import { PipelineRunResolver } from "./pipeline/run-resolver.ts";
import { AcceptanceResolver } from "./qa/acceptance-resolver.ts";
import { MemberPointsResolver, MyPointsResolver, PointsResolver } from "./rewards/points-resolver.ts";
import { PointRuleResolver } from "./rewards/rule-resolver.ts";

// biome-ignore lint/complexity/noBannedTypes: this is how type-graphql names resolver classes
const RESOLVERS: NonEmptyArray<Function> = [
  IdentityResolver,
  EntitlementResolver,
  MemberEntitlementsResolver,
  MyEntitlementsResolver,
  NodeResolver,
  SpaceResolver,
  SpaceThreadsResolver,
  ThreadResolver,
  ThreadActivityResolver,
  PostResolver,
  PollResolver,
  DraftResolver,
  AnonymousThreadResolver,
  AnonymousReplyResolver,
  RevisionResolver,
  AcceptanceResolver,
  ModerationResolver,
  ThreadModerationResolver,
  PointsResolver,
  MemberPointsResolver,
  MyPointsResolver,
  PointRuleResolver,
  CouponCampaignResolver,
  CouponFieldsResolver,
  CouponRedemptionFieldsResolver,
  CouponRedemptionResolver,
  NotificationResolver,
  InboxResolver,
  NudgePolicyResolver,
  NudgeDecisionResolver,
  NudgeDecisionFieldsResolver,
  NudgeReportResolver,
  ChurnResolver,
  ChurnScoreFieldsResolver,
  PipelineRunResolver,
];

/** Type-graphql will not build a subscription without one; ours subscribe through the services of their context. */
const noPubSub = {
  publish: () => {},
  subscribe: (): never => {
    throw new InvariantError("a subscription names its own source");
  },
};

/** The whole GraphQL schema. What an input may hold is decided where it is read, so type-graphql validates nothing itself. */
export function buildApiSchema(): Promise<GraphQLSchema> {
  return buildLeanSchema({ resolvers: RESOLVERS, authChecker: checkAccess, validate: false, pubSub: noPubSub });
}
