import type { Locale } from "../../drizzle/tables/identity.ts";
import type { NudgeAction } from "../../drizzle/tables/nudges.ts";

export interface Message {
  readonly title: string;
  readonly body: string;
}

/** What a message may mention. */
export interface MessageFacts {
  readonly displayName: string;
  readonly communityName: string;
  /** Coins given with it, for `grant-points`. */
  readonly coins: number;
}

type Messages = Readonly<Record<Exclude<NudgeAction, "nothing">, (facts: MessageFacts) => Message>>;

const MESSAGES: Readonly<Record<Locale, Messages>> = {
  en: {
    nudge: ({ displayName, communityName }) => ({
      title: "Pick up where you left off",
      body: `Hello ${displayName}, there are new answers and discussions in ${communityName} since you were last here. Ten minutes are enough for the next step.`,
    }),
    "grant-points": ({ displayName, communityName, coins }) => ({
      title: `${coins} coins for you`,
      body: `Hello ${displayName}, it is good to have you in ${communityName}. We have added ${coins} coins to your account: use them for your next course.`,
    }),
    "grant-coupon": ({ displayName, communityName }) => ({
      title: "A coupon for your next course",
      body: `Hello ${displayName}, there is a coupon for you in ${communityName}. You will find it under “My coupons”.`,
    }),
  },
  "zh-CN": {
    nudge: ({ displayName, communityName }) => ({
      title: "继续上次的学习吧",
      body: `${displayName}，您好！您离开之后，${communityName}里有了新的回答和讨论。只需十分钟，就能迈出下一步。`,
    }),
    "grant-points": ({ displayName, communityName, coins }) => ({
      title: `送您 ${coins} 枚金币`,
      body: `${displayName}，您好！很高兴您在${communityName}学习。我们已向您的账户发放 ${coins} 枚金币，可用于下一门课程。`,
    }),
    "grant-coupon": ({ displayName, communityName }) => ({
      title: "一张课程优惠券",
      body: `${displayName}，您好！${communityName}为您准备了一张优惠券，请在“我的优惠券”中查看。`,
    }),
  },
};

/** What a member is told with an action, in their language. */
export function messageFor(action: Exclude<NudgeAction, "nothing">, locale: Locale, facts: MessageFacts): Message {
  return MESSAGES[locale][action](facts);
}
