import type { Locale } from "../../drizzle/tables/identity.ts";
import type { RuleRecipient } from "../../drizzle/tables/rewards.ts";
import type { StatementRow } from "../../src/rewards/points-queries.ts";
import { stepOf } from "../../src/rewards/statement-rules.ts";

type Wording = Readonly<Record<Locale, string>>;

/** What earned, by the event's type and whom the rule pays. */
const EARNED: Readonly<Record<string, Wording>> = {
  "member.joined memberId": { en: "You joined the community.", "zh-CN": "您加入了社区。" },
  "thread.created authorId": { en: "You started a thread.", "zh-CN": "您发起了一个主题。" },
  "post.created authorId": { en: "You wrote a post.", "zh-CN": "您发表了一个帖子。" },
  "vote.cast authorId": { en: "Somebody voted for your post.", "zh-CN": "有人给您的帖子投了票。" },
  "vote.cast voterId": { en: "You voted on a post.", "zh-CN": "您给一个帖子投了票。" },
  "answer.accepted answererId": { en: "Your answer was accepted.", "zh-CN": "您的回答被采纳。" },
  "answer.accepted askerId": {
    en: "You accepted an answer to your question.",
    "zh-CN": "您采纳了自己提问的一个回答。",
  },
};

/** What took points back. */
const TAKEN_BACK: Readonly<Record<string, Wording>> = {
  "vote.removed": { en: "Taken back: the vote was removed.", "zh-CN": "已收回：投票被撤销。" },
  "answer.unaccepted": { en: "Taken back: the answer is no longer accepted.", "zh-CN": "已收回：回答不再被采纳。" },
  "post.hidden": { en: "Taken back: the post was hidden by a moderator.", "zh-CN": "已收回：帖子被版主隐藏。" },
  "post.deleted": { en: "Taken back: the post was deleted.", "zh-CN": "已收回：帖子已被删除。" },
};

const RULE: Wording = { en: "Earned by a rule of the community.", "zh-CN": "按社区规则获得。" };
const REVERSED: Wording = { en: "Taken back.", "zh-CN": "已收回。" };
const GRANTED: Wording = { en: "A gift from the community.", "zh-CN": "社区赠送。" };
const SPENT: Wording = { en: "Coins spent.", "zh-CN": "花费金币。" };
const RESTORED: Wording = { en: "Counts again: the post was restored.", "zh-CN": "重新计入：帖子已恢复。" };

/** Why an entry was posted, in the reader's language; and what became of coins that were spent before they were taken back. */
export function whySentence(row: StatementRow, locale: Locale): string {
  const sentence = wordingOf(row)[locale];
  const debt = debtOf(row.coinsOwed, locale);
  if (debt === null) return sentence;
  return locale === "en" ? `${sentence} ${debt}` : `${sentence}${debt}`;
}

function wordingOf(row: StatementRow): Wording {
  switch (stepOf(row)) {
    case "earned":
      return earnedBy(row.causeKind, row.ruleRecipient);
    case "taken-back":
      return TAKEN_BACK[row.causeKind] ?? REVERSED;
    case "restored":
      return RESTORED;
    case "spent":
      return SPENT;
    case "granted":
      return GRANTED;
  }
}

function earnedBy(causeKind: string, recipient: RuleRecipient | null): Wording {
  return EARNED[`${causeKind} ${recipient}`] ?? RULE;
}

function debtOf(coinsOwed: number, locale: Locale): string | null {
  if (coinsOwed === 0) return null;
  const coins = Math.abs(coinsOwed);
  if (locale === "en") {
    const amount = coins === 1 ? "1 coin" : `${coins} coins`;
    return coinsOwed > 0
      ? `${amount} had been spent already: the next ones you get pay for them.`
      : `${amount} of it paid for what you owed.`;
  }
  return coinsOwed > 0
    ? `其中 ${coins} 个金币此前已花费，将从之后获得的金币中扣除。`
    : `其中 ${coins} 个金币用于偿还欠款。`;
}
