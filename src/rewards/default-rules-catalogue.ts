import type { PointRuleDraft } from "./point-rules.ts";

/**
 * What a new community pays for. What others value pays most; what anybody can do alone pays little, and only a few times a
 * day, so that volume never pays.
 */
export const DEFAULT_POINT_RULES: readonly PointRuleDraft[] = [
  rule("member-joined", "member.joined", "memberId", { experience: 5, coins: 5 }),
  rule("thread-created", "thread.created", "authorId", { experience: 3, coins: 0, dailyMax: 3 }),
  rule("answer-posted", "post.created", "authorId", { experience: 3, coins: 0, dailyMax: 5 }, { kind: "answer" }),
  rule("reply-posted", "post.created", "authorId", { experience: 1, coins: 0, dailyMax: 5 }, { kind: "reply" }),
  rule("vote-received", "vote.cast", "authorId", { experience: 2, coins: 1, dailyMax: 20 }, { value: 1 }),
  rule("answer-accepted", "answer.accepted", "answererId", { experience: 15, coins: 10, dailyMax: 10 }),
  rule("answer-chosen", "answer.accepted", "askerId", { experience: 2, coins: 0, dailyMax: 3 }),
];

function rule(
  key: string,
  eventType: PointRuleDraft["eventType"],
  recipient: PointRuleDraft["recipient"],
  pays: { experience: number; coins: number; dailyMax?: number },
  condition: PointRuleDraft["condition"] = {},
): PointRuleDraft {
  return {
    key,
    eventType,
    recipient,
    condition,
    experience: pays.experience,
    coins: pays.coins,
    dailyMax: pays.dailyMax ?? null,
  };
}
