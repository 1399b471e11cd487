import type { Locale } from "../../drizzle/tables/identity.ts";
import type { Refusal, RefusalCode, Refusals } from "../../src/kernel/refusal.ts";
import { translateDetail } from "./translate-detail.ts";

type Sentence<Code extends RefusalCode> = (data: Refusals[Code]) => string;

/** Every refusal's sentence: what was wrong and what to do. A code without one does not compile. */
const MESSAGES: { readonly [Code in RefusalCode]: Readonly<Record<Locale, Sentence<Code>>> } = {
  "input.invalid": {
    en: ({ reason }) => `This input is not valid: ${translateDetail(reason, "en")}.`,
    "zh-CN": ({ reason }) => `输入无效：${chinese(reason)}。`,
  },
  "input.too-long": {
    en: ({ max }) => `This is too long: shorten it to at most ${max} characters.`,
    "zh-CN": ({ max }) => `内容过长：请缩短到 ${max} 个字符以内。`,
  },
  "not-found": {
    en: ({ what }) => `There is no such ${what}, or you may not see it.`,
    "zh-CN": ({ what }) => `找不到该${chinese(what)}，或您无权查看。`,
  },
  "not-allowed": {
    en: ({ what }) => `You may not ${what}.`,
    "zh-CN": ({ what }) => `您无权${chinese(what)}。`,
  },
  "idempotency-key.reused": {
    en: () => "This idempotency key was used for a different request: send a new key.",
    "zh-CN": () => "该幂等键已用于另一个请求：请换一个新的键。",
  },
  "revision.outdated": {
    en: ({ seen, current }) =>
      `This changed since you saw it (revision ${seen}, now ${current}): look again, then decide.`,
    "zh-CN": ({ seen, current }) =>
      `内容已更新（您看到的是第 ${seen} 版，现为第 ${current} 版）：请查看最新内容后再操作。`,
  },
  "member.suspended": {
    en: ({ until }) => `Your account is suspended${until === null ? "" : ` until ${until}`}.`,
    "zh-CN": ({ until }) => `您的账号已被停用${until === null ? "" : `，至 ${until}`}。`,
  },
  "community.slug-taken": {
    en: ({ slug }) => `The short name “${slug}” is taken: choose another.`,
    "zh-CN": ({ slug }) => `短名称“${slug}”已被占用：请换一个。`,
  },
  "space.slug-taken": {
    en: ({ slug }) => `The short name “${slug}” is taken: choose another.`,
    "zh-CN": ({ slug }) => `短名称“${slug}”已被占用：请换一个。`,
  },
  "space.posting-restricted": {
    en: () => "You may read this space, but you may not post in it.",
    "zh-CN": () => "您可以浏览该空间，但不能在其中发帖。",
  },
  "space.no-anonymity": {
    en: () => "Posts in this space carry their authors' names.",
    "zh-CN": () => "该空间不允许匿名发帖。",
  },
  "entitlement.reference-used": {
    en: ({ reference }) => `The reference “${reference}” stands for another grant: give each grant its own.`,
    "zh-CN": ({ reference }) => `编号“${reference}”已用于另一项授权：请为每项授权使用不同的编号。`,
  },
  "entitlement.revoked": {
    en: () => "This entitlement was taken back: grant a new one.",
    "zh-CN": () => "该权益已被收回：请重新授予。",
  },
  "thread.slow-mode": {
    en: ({ retryAfterSeconds }) => `Members take turns here: wait ${retryAfterSeconds} s before you post again.`,
    "zh-CN": ({ retryAfterSeconds }) => `该空间限制了发帖频率：请在 ${retryAfterSeconds} 秒后再发帖。`,
  },
  "thread.closed": {
    en: () => "This thread takes no more posts.",
    "zh-CN": () => "该主题已不再接受回复。",
  },
  "thread.locked": {
    en: () => "This thread is locked: only moderators may post in it.",
    "zh-CN": () => "该主题已锁定：只有版主可以在其中发帖。",
  },
  "thread.pins-full": {
    en: ({ max }) => `This space has ${max} pinned threads, which is the most: unpin one first.`,
    "zh-CN": ({ max }) => `该空间最多置顶 ${max} 个主题：请先取消一个置顶。`,
  },
  "poll.closed": {
    en: () => "This poll is closed: its ballots count as they are.",
    "zh-CN": () => "该投票已结束，不能再投票或修改。",
  },
  "poll.none": {
    en: () => "This thread holds no poll.",
    "zh-CN": () => "该主题中没有投票。",
  },
  "draft.too-many": {
    en: ({ max }) => `You have ${max} drafts, which is the most: post or delete some first.`,
    "zh-CN": ({ max }) => `您最多可保存 ${max} 份草稿：请先发布或删除一些。`,
  },
  "post.not-deleted": {
    en: () => "This post is not deleted.",
    "zh-CN": () => "该帖子未被删除。",
  },
  "post.undelete-expired": {
    en: ({ hours }) => `A deleted post can be taken back for ${hours} hours: ask a moderator.`,
    "zh-CN": ({ hours }) => `删除后 ${hours} 小时内可以恢复：请联系版主。`,
  },
  "thread.has-replies": {
    en: ({ replies }) => `This thread has ${replies} replies, which are not yours to take away: edit it instead.`,
    "zh-CN": ({ replies }) => `该主题已有 ${replies} 条回复，不能一并删除：请改为编辑。`,
  },
  "thread.not-a-question": {
    en: () => "Only a question takes answers.",
    "zh-CN": () => "只有提问才能接受回答。",
  },
  "post.not-an-answer": {
    en: () => "Only an answer to this question can be accepted.",
    "zh-CN": () => "只能采纳该提问下的回答。",
  },
  "post.hidden": {
    en: () => "This post is hidden.",
    "zh-CN": () => "该帖子已被隐藏。",
  },
  "post.not-hidden": {
    en: () => "This post is not hidden.",
    "zh-CN": () => "该帖子未被隐藏。",
  },
  "post.accepted": {
    en: () => "This answer is accepted and cannot be deleted: edit it instead.",
    "zh-CN": () => "该回答已被采纳，不能删除：请改为编辑。",
  },
  "vote.own-post": {
    en: () => "You cannot vote on your own post.",
    "zh-CN": () => "不能给自己的帖子投票。",
  },
  "answer.already-accepted": {
    en: () => "Another answer is accepted already: name it as the one to replace, or take it back first.",
    "zh-CN": () => "已采纳了另一个回答：请指明要替换它，或先取消采纳。",
  },
  "answer.not-accepted": {
    en: () => "This question has no accepted answer.",
    "zh-CN": () => "该提问尚未采纳任何回答。",
  },
  "report.own-post": {
    en: () => "You cannot report your own post; you can edit or delete it.",
    "zh-CN": () => "不能举报自己的帖子；您可以编辑或删除它。",
  },
  "report.already-made": {
    en: () => "You have reported this post already.",
    "zh-CN": () => "您已举报过该帖子。",
  },
  "report.resolved": {
    en: () => "This report is resolved already.",
    "zh-CN": () => "该举报已处理。",
  },
  "points.insufficient": {
    en: ({ balance, needed }) => `This takes ${needed} coins and you have ${balance}.`,
    "zh-CN": ({ balance, needed }) => `需要 ${needed} 个金币，您现有 ${balance} 个。`,
  },
  "coupon.unknown": {
    en: () => "This code cannot be used.",
    "zh-CN": () => "该优惠码无法使用。",
  },
  "coupon.campaign-closed": {
    en: () => "This campaign is not running now.",
    "zh-CN": () => "该活动目前未开放。",
  },
  "coupon.exhausted": {
    en: () => "All coupons of this campaign are taken.",
    "zh-CN": () => "该活动的优惠券已领完。",
  },
  "coupon.member-limit": {
    en: ({ max }) => `You have used or own as many coupons of this campaign as it allows (${max}).`,
    "zh-CN": ({ max }) => `您已使用或持有的该活动优惠券已达上限（${max} 张）。`,
  },
  "coupon.hold-expired": {
    en: () => "The hold on this coupon has expired: hold it again.",
    "zh-CN": () => "优惠券的锁定已过期：请重新锁定。",
  },
  "coupon.not-held": {
    en: ({ state }) => `This coupon is not on hold (it is ${state}).`,
    "zh-CN": ({ state }) => `该优惠券未处于锁定状态（当前：${COUPON_STATES[state] ?? state}）。`,
  },
  "budget.exhausted": {
    en: ({ budget }) => `The budget ${budget} is spent.`,
    "zh-CN": ({ budget }) => `预算 ${budget} 已用完。`,
  },
  "rule.unknown-event": {
    en: ({ eventType }) => `There is no event “${eventType}” that a rule could follow.`,
    "zh-CN": ({ eventType }) => `没有可供规则使用的事件“${eventType}”。`,
  },
  "import.unreadable": {
    en: ({ file, reason, remedy }) => `${file} ${reason}: ${remedy}.`,
    "zh-CN": ({ file, reason, remedy }) => `无法导入 ${file}：${chinese(reason)}；${chinese(remedy)}。`,
  },
};

/** Every code there is. */
export const REFUSAL_CODES = Object.keys(MESSAGES) as RefusalCode[];

const COUPON_STATES: Readonly<Record<string, string>> = {
  held: "锁定中",
  committed: "已核销",
  released: "已释放",
  expired: "已过期",
};

function chinese(detail: string): string {
  return translateDetail(detail, "zh-CN");
}

/** What `refusal` says to a reader of `locale`. */
export function refusalMessage(refusal: Refusal, locale: Locale): string {
  const sentence = MESSAGES[refusal.code][locale] as (data: unknown) => string;
  return sentence(refusal.data);
}
