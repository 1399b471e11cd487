import { describe, expect, it } from "vitest";
import { refusalMessage } from "../../../schema/errors/refusal-messages.ts";
import { translateDetail, ZOD_DETAILS } from "../../../schema/errors/translate-detail.ts";
import type { Id } from "../../../src/kernel/ids.ts";
import { Refusal, type RefusalCode, type Refusals } from "../../../src/kernel/refusal.ts";
import { DEFAULT_POLICY, readPolicySettings } from "../../../src/nudges/policy-rules.ts";

const id = "00000000-0000-7000-8000-000000000001" as Id;

/** Facts for every code: one that is added does not compile without. */
const FACTS: { readonly [Code in RefusalCode]: Refusals[Code] } = {
  "input.invalid": { reason: "a page has 1 to 100 rows" },
  "input.too-long": { max: 80 },
  "not-found": { what: "thread", id },
  "not-allowed": { what: "create spaces" },
  "idempotency-key.reused": { key: "k" },
  "revision.outdated": { seen: 1, current: 2 },
  "member.suspended": { until: null },
  "community.slug-taken": { slug: "1" },
  "space.slug-taken": { slug: "1" },
  "space.posting-restricted": { spaceId: id },
  "space.no-anonymity": { spaceId: id },
  "entitlement.reference-used": { reference: "1" },
  "entitlement.revoked": { entitlementId: id },
  "thread.slow-mode": { retryAfterSeconds: 1 },
  "thread.closed": { threadId: id },
  "thread.locked": { threadId: id },
  "thread.pins-full": { spaceId: id, max: 5 },
  "poll.closed": { threadId: id },
  "poll.none": { threadId: id },
  "draft.too-many": { max: 100 },
  "post.not-deleted": { postId: id },
  "post.undelete-expired": { postId: id, hours: 24 },
  "thread.has-replies": { threadId: id, replies: 3 },
  "thread.not-a-question": { threadId: id },
  "post.not-an-answer": { postId: id },
  "post.hidden": { postId: id },
  "post.not-hidden": { postId: id },
  "post.accepted": { postId: id },
  "vote.own-post": { postId: id },
  "answer.already-accepted": { threadId: id, postId: id },
  "answer.not-accepted": { threadId: id },
  "report.own-post": { postId: id },
  "report.already-made": { reportId: id },
  "report.resolved": { reportId: id },
  "points.insufficient": { balance: 1, needed: 2 },
  "coupon.unknown": {},
  "coupon.campaign-closed": { campaignId: id },
  "coupon.exhausted": { campaignId: id },
  "coupon.member-limit": { campaignId: id, max: 1 },
  "coupon.hold-expired": { redemptionId: id },
  "coupon.not-held": { redemptionId: id, state: "committed" },
  "budget.exhausted": { budget: "1" },
  "rule.unknown-event": { eventType: "1" },
  "import.unreadable": { file: "1", reason: "does not exist", remedy: "check the path" },
};

const refusals = (Object.keys(FACTS) as RefusalCode[]).map((code) => new Refusal(code, FACTS[code]));

/** What reading `change` on top of a good policy is refused with. */
function policyReason(change: object): string {
  try {
    readPolicySettings({ ...DEFAULT_POLICY, ...change });
  } catch (error) {
    if (error instanceof Refusal && error.code === "input.invalid") return error.data.reason as string;
    throw error;
  }
  throw new Error("the policy was taken");
}

describe("what a refusal says", () => {
  it.each(refusals)("is a whole sentence in English and in Chinese: $code", (refusal) => {
    const [english, chinese] = [refusalMessage(refusal, "en"), refusalMessage(refusal, "zh-CN")];
    expect(english).toMatch(/^[A-Z1].*\.$/);
    expect(chinese).toMatch(/\p{Script=Han}.*。$/u);
    expect(chinese).not.toMatch(/[A-Za-z]/);
    expect(english + chinese).not.toMatch(/undefined|null|NaN|\[object/);
  });

  it("puts values where Chinese wants them", () => {
    expect(translateDetail("a page has 1 to 100 rows", "zh-CN")).toBe("每页为 1 至 100 条");
    expect(translateDetail("the event “vote.cast” can pay authorId, voterId", "zh-CN")).toBe(
      "事件“vote.cast”只能奖励 authorId, voterId",
    );
    expect(translateDetail("“$& {}\n” is not KIND=NAME", "zh-CN")).toBe("“$& {}\n”不是 KIND=NAME 的形式");
  });

  it("leaves a detail that it does not know as it is", () => {
    expect(translateDetail("the moon is full", "zh-CN")).toBe("the moon is full");
    expect(translateDetail("a page has 1 to 100 rows", "en")).toBe("a page has 1 to 100 rows");
  });

  it("words what zod finds wrong with a policy in either language", () => {
    const reasons = [
      { actions: [] },
      { riskMin: -1 },
      { holdoutPercent: 51 },
      { surprise: 1 },
      { surprise: 1, another: 2 },
      { riskMin: "high" },
      { memberValue: null },
      { grantEveryDays: 1.5 },
      { actions: [{ action: "dance" }] },
    ].map(policyReason);
    const said = reasons.map((reason) => [translateDetail(reason, "en"), translateDetail(reason, "zh-CN")]);
    expect(said).toEqual([
      ["give at least 1 of them", "请至少填写 1 项"],
      ["give 0 or more", "请填写不小于 0 的数"],
      ["give 50 or less", "请填写不大于 50 的数"],
      ['there is no setting "surprise"', '没有设置项 "surprise"'],
      ['there are no settings "surprise", "another"', '没有设置项 "surprise", "another"'],
      ...Array(4).fill(["this setting takes a value of another kind", "该设置项的值类型不符"]),
    ]);
    expect(ZOD_DETAILS).toHaveLength(6);
  });
});
