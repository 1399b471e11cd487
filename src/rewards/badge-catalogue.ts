import type { BadgeDefinition } from "./badge-rules.ts";

/** The badges of a new community: each for something that others valued, or for coming back; none for volume. */
export const DEFAULT_BADGES: readonly Omit<BadgeDefinition, "version">[] = [
  {
    key: "first-accepted-answer",
    title: { en: "First accepted answer", "zh-CN": "首个被采纳的回答" },
    criteria: { kind: "awards", rule: "answer-accepted", atLeast: 1 },
  },
  {
    key: "trusted-guide",
    title: { en: "Trusted guide", "zh-CN": "可信赖的引路人" },
    criteria: {
      kind: "all",
      of: [
        { kind: "awards", rule: "answer-accepted", atLeast: 5 },
        { kind: "awards", rule: "vote-received", atLeast: 20 },
      ],
    },
  },
  {
    key: "regular-helper",
    title: { en: "Regular helper", "zh-CN": "常来相助" },
    criteria: {
      kind: "any",
      of: [
        { kind: "days", rule: "answer-posted", atLeast: 7 },
        { kind: "days", rule: "answer-accepted", atLeast: 3 },
      ],
    },
  },
];
