import { expireHolds } from "../src/coupons/expiry-actions.ts";
import { type Stage, stage } from "./stage.ts";
import { runDecideNudges } from "./stages/decide-nudges.ts";
import { runDeliverNudges } from "./stages/deliver-nudges.ts";
import {
  redoRollUpEvents,
  runComputeFeatures,
  runRollUpEvents,
  runScoreChurn,
  runTrainChurn,
} from "./stages/derive-signals.ts";
import { runForgetExpired } from "./stages/forget-expired.ts";
import { runGrantIncentives } from "./stages/grant-incentives.ts";
import { runRecordOutcomes } from "./stages/record-outcomes.ts";

/**
 * What the product does, in order: what a member does today changes what we do for them tomorrow. The schedules, the command line and
 * the README's picture are all drawn from this list.
 */
export const PIPELINE: readonly Stage[] = [
  stage("roll-up-events", {
    reads: "events",
    writes: "rollups",
    kind: "derived",
    everyMinutes: 1,
    description: { en: "counts what members did, by day", "zh-CN": "按天汇总成员行为" },
    run: runRollUpEvents,
    redo: redoRollUpEvents,
  }),
  stage("compute-features", {
    reads: "rollups",
    writes: "features",
    kind: "derived",
    everyMinutes: 15,
    description: { en: "describes each active member in numbers", "zh-CN": "计算活跃成员的特征" },
    run: runComputeFeatures,
    redo: runComputeFeatures,
  }),
  stage("train-churn", {
    reads: "rollups",
    writes: "models",
    kind: "derived",
    everyMinutes: 1_440,
    isLong: true,
    description: { en: "learns who stops coming, judged in time", "zh-CN": "训练流失模型并按时间评估" },
    run: runTrainChurn,
    redo: runTrainChurn,
  }),
  stage("score-churn", {
    reads: "features",
    writes: "scores",
    kind: "derived",
    everyMinutes: 15,
    description: { en: "gives each member a probability of leaving", "zh-CN": "为每位成员打出流失概率" },
    run: runScoreChurn,
    redo: runScoreChurn,
  }),
  stage("decide-nudges", {
    reads: "scores",
    writes: "decisions",
    kind: "effect",
    everyMinutes: 60,
    description: {
      en: "chooses between nothing, a nudge and a grant, within budget",
      "zh-CN": "在预算内决定提醒、激励或不打扰",
    },
    run: runDecideNudges,
  }),
  stage("grant-incentives", {
    reads: "decisions",
    writes: "grants",
    kind: "effect",
    everyMinutes: 5,
    description: { en: "gives the points and coupons decided on, once", "zh-CN": "发放积分和优惠券（仅一次）" },
    run: runGrantIncentives,
  }),
  // After the grants, because a gift is told of once it was given.
  stage("deliver-nudges", {
    reads: "decisions",
    writes: "deliveries",
    kind: "effect",
    everyMinutes: 5,
    isLong: true,
    description: {
      en: "puts nudges into inboxes and e-mails, outside quiet hours",
      "zh-CN": "在非免打扰时段送达站内信和邮件",
    },
    run: runDeliverNudges,
  }),
  stage("record-outcomes", {
    reads: "rollups",
    writes: "outcomes",
    kind: "effect",
    everyMinutes: 60,
    description: { en: "records who stayed, treated or held out", "zh-CN": "记录干预组与对照组的留存结果" },
    run: runRecordOutcomes,
  }),
];

/** What keeps the house clean beside the main job; scheduled like the stages. */
const MAINTENANCE: readonly Stage[] = [
  stage("expire-coupon-holds", {
    reads: "redemptions",
    writes: "redemptions",
    kind: "effect",
    everyMinutes: 1,
    description: { en: "frees coupons whose hold is over", "zh-CN": "释放已过期的优惠券锁定" },
    run: async ({ db, communityId, now }) => ({
      rows: await db.transaction(communityId, (tx) => expireHolds(tx, now)),
    }),
  }),
  stage("forget-expired", {
    reads: "records",
    writes: "records",
    kind: "effect",
    everyMinutes: 60,
    isLong: true,
    description: { en: "deletes records that have been kept long enough", "zh-CN": "清理超过保留期限的记录" },
    run: runForgetExpired,
  }),
];

export const STAGES: readonly Stage[] = [...PIPELINE, ...MAINTENANCE];

/** The stage called `name`; undefined when there is none. */
export function stageNamed(name: string): Stage | undefined {
  return STAGES.find((each) => each.name === name);
}
