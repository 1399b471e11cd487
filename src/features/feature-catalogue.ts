import {
  CONTRIBUTION_KINDS,
  type EventKind,
  FEEDBACK_KINDS,
  OWN_KINDS,
  TRACKING_PLAN,
} from "../events/tracking-plan-catalogue.ts";
import { fnv1a32 } from "../math/fnv1a.ts";

/**
 * What a feature says about the days of a member up to the as-of day, that day included. `days` is a window that ends with it; null is
 * all time. A day counts as active when one of `kinds` happened on it.
 */
export type Measure =
  /** How many events of these kinds. */
  | { readonly of: "count"; readonly kinds: readonly EventKind[]; readonly days: number | null }
  | { readonly of: "active-days"; readonly kinds: readonly EventKind[]; readonly days: number | null }
  /** How many of the last `weeks` seven-day spans, counted back from the as-of day, hold an active day. */
  | { readonly of: "active-weeks"; readonly kinds: readonly EventKind[]; readonly weeks: number }
  /** From the last active day; {@link NEVER_DAYS} at most, and when there was none. */
  | { readonly of: "days-since-last"; readonly kinds: readonly EventKind[] }
  /** From the active day before the last one; {@link NEVER_DAYS} at most, and when there was none. */
  | { readonly of: "days-since-last-but-one"; readonly kinds: readonly EventKind[] }
  /** From the first active day; 0 when there was none. */
  | { readonly of: "days-since-first"; readonly kinds: readonly EventKind[] }
  /** Events ÷ active days; 0 without one. */
  | { readonly of: "count-per-active-day"; readonly kinds: readonly EventKind[] };

export interface Feature {
  readonly name: string;
  readonly measure: Measure;
  readonly unit: "events" | "days" | "weeks" | "events per day";
  /** Why the product collects it: nothing is computed without a purpose. */
  readonly purpose: "churn";
  readonly description: { readonly en: string; readonly "zh-CN": string };
}

/** Longer absences are not told apart, and "never" is one of them. */
export const NEVER_DAYS = 365;

/** Counted over the last 30 days and over all time. */
const COUNTED: readonly (readonly [name: string, kinds: readonly EventKind[], en: string, zh: string])[] = [
  ["questions", ["question.asked"], "questions asked", "提问数"],
  ["discussions", ["discussion.started"], "discussions started", "发起讨论数"],
  ["answers", ["answer.posted"], "answers posted", "回答数"],
  ["replies", ["reply.posted"], "replies posted", "回复数"],
  ["comments", ["comment.posted"], "comments posted", "评论数"],
  ["votes_cast", ["vote.cast"], "votes cast", "投票数"],
  ["up_votes", ["vote.received.up"], "up-votes received", "收到的赞同数"],
  ["down_votes", ["vote.received.down"], "down-votes received", "收到的反对数"],
  ["acceptances", ["answer.accepted"], "answers accepted by others", "被采纳的回答数"],
  ["answers_received", ["answer.received"], "answers received", "收到的回答数"],
  ["comments_received", ["comment.received", "reply.received"], "replies and comments received", "收到的回复和评论数"],
  ["badges", ["badge.awarded"], "badges earned", "获得的徽章数"],
  ["logins", ["login"], "sign-ins", "登录次数"],
  ["page_views", ["page.viewed"], "pages viewed", "浏览页面数"],
  ["searches", ["search.performed"], "searches", "搜索次数"],
  ["lessons", ["lesson.started", "lesson.completed"], "lessons started or completed", "开始或完成的课时数"],
  ["videos", ["video.watched"], "videos watched", "观看视频数"],
  ["quizzes", ["quiz.submitted"], "quizzes submitted", "提交测验数"],
  ["purchases", ["purchase.completed", "coupon.redeemed"], "purchases and coupons used", "购买和用券次数"],
];

const EVERY_KIND: readonly EventKind[] = TRACKING_PLAN.map((entry) => entry.kind);

/**
 * Every feature, in the order of a snapshot's values. An entry here is all that a new feature takes: it is computed point-in-time,
 * trained on, explained and described from this.
 */
export const FEATURES: readonly Feature[] = [
  days("idle_days", { of: "days-since-last", kinds: OWN_KINDS }, "days since the last activity", "距上次活动的天数"),
  days(
    "idle_days_before",
    { of: "days-since-last-but-one", kinds: OWN_KINDS },
    "days since the active day before the last",
    "距倒数第二个活跃日的天数",
  ),
  days("days_since_first_seen", { of: "days-since-first", kinds: EVERY_KIND }, "days since joining", "加入至今的天数"),
  days(
    "days_since_first_active",
    { of: "days-since-first", kinds: OWN_KINDS },
    "days since the first activity",
    "首次活动至今的天数",
  ),
  days(
    "days_since_feedback",
    { of: "days-since-last", kinds: FEEDBACK_KINDS },
    "days since the last feedback",
    "距上次收到反馈的天数",
  ),
  days(
    "active_days_7",
    { of: "active-days", kinds: OWN_KINDS, days: 7 },
    "active days in the last 7",
    "近 7 天的活跃天数",
  ),
  days(
    "active_days_30",
    { of: "active-days", kinds: OWN_KINDS, days: 30 },
    "active days in the last 30",
    "近 30 天的活跃天数",
  ),
  days(
    "active_days_60",
    { of: "active-days", kinds: OWN_KINDS, days: 60 },
    "active days in the last 60",
    "近 60 天的活跃天数",
  ),
  days("active_days_ever", { of: "active-days", kinds: OWN_KINDS, days: null }, "active days ever", "累计活跃天数"),
  days(
    "feedback_days_7",
    { of: "active-days", kinds: FEEDBACK_KINDS, days: 7 },
    "days with feedback in the last 7",
    "近 7 天收到反馈的天数",
  ),
  days(
    "feedback_days_30",
    { of: "active-days", kinds: FEEDBACK_KINDS, days: 30 },
    "days with feedback in the last 30",
    "近 30 天收到反馈的天数",
  ),
  days(
    "feedback_days_60",
    { of: "active-days", kinds: FEEDBACK_KINDS, days: 60 },
    "days with feedback in the last 60",
    "近 60 天收到反馈的天数",
  ),
  {
    ...days(
      "active_weeks_8",
      { of: "active-weeks", kinds: OWN_KINDS, weeks: 8 },
      "active weeks in the last 8",
      "近 8 周的活跃周数",
    ),
    unit: "weeks",
  },
  {
    ...days(
      "activity_per_day",
      { of: "count-per-active-day", kinds: OWN_KINDS },
      "activities per active day",
      "每个活跃日的活动次数",
    ),
    unit: "events per day",
  },
  {
    ...days(
      "contributions_per_day",
      { of: "count-per-active-day", kinds: CONTRIBUTION_KINDS },
      "contributions per contributing day",
      "每个贡献日的贡献次数",
    ),
    unit: "events per day",
  },
  ...COUNTED.flatMap(([name, kinds, en, zh]) => [
    count(`${name}_30`, { of: "count", kinds, days: 30 }, `${en} in the last 30 days`, `近 30 天的${zh}`),
    count(`${name}_ever`, { of: "count", kinds, days: null }, `${en} ever`, `累计${zh}`),
  ]),
];

/** The feature that a model must beat to be worth anything. */
export const RECENCY_FEATURE = "idle_days";

/** Changes with anything that changes a value: snapshots and models of another version are not to be mixed with this one's. */
export const CATALOGUE_VERSION =
  fnv1a32(JSON.stringify([NEVER_DAYS, FEATURES.map(({ name, measure }) => [name, measure])])) >>> 1;

function days(name: string, measure: Measure, en: string, zh: string): Feature {
  return { name, measure, unit: "days", purpose: "churn", description: { en, "zh-CN": zh } };
}

function count(name: string, measure: Measure, en: string, zh: string): Feature {
  return { name, measure, unit: "events", purpose: "churn", description: { en, "zh-CN": zh } };
}
