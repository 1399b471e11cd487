import { registerEnumType } from "type-graphql";

export enum ThreadKindEnum {
  DISCUSSION = "discussion",
  QUESTION = "question",
  ANNOUNCEMENT = "announcement",
  POLL = "poll",
}
registerEnumType(ThreadKindEnum, {
  name: "ThreadKind",
  description: "How a thread began: questions take answers, all others replies.",
  valuesConfig: {
    ANNOUNCEMENT: { description: "By those who moderate the space." },
    POLL: { description: "With options that members vote on." },
  },
});

export enum PostKindEnum {
  OPENING = "opening",
  REPLY = "reply",
  ANSWER = "answer",
  COMMENT = "comment",
}
registerEnumType(PostKindEnum, { name: "PostKind", description: "What a post is to its thread." });

export enum ReplyKindEnum {
  REPLY = "reply",
  ANSWER = "answer",
  COMMENT = "comment",
}
registerEnumType(ReplyKindEnum, {
  name: "ReplyKind",
  description: "What a new post is to its thread.",
  valuesConfig: {
    REPLY: { description: "To a thread that is no question, or to a post of it." },
    ANSWER: { description: "To a question." },
    COMMENT: { description: "On an opening post, a reply or an answer." },
  },
});

export enum ContentStateEnum {
  VISIBLE = "visible",
  HIDDEN = "hidden",
  DELETED = "deleted",
}
registerEnumType(ContentStateEnum, {
  name: "ContentState",
  description: "Whether members see it: others than its author and moderators see only what is visible.",
  valuesConfig: {
    HIDDEN: { description: "Hidden by a moderator." },
    DELETED: {
      description:
        "Taken back by its author or removed by a moderator; others see that it was there, and when, and nothing else of it.",
    },
  },
});

export enum VoteValueEnum {
  UP = 1,
  DOWN = -1,
}
registerEnumType(VoteValueEnum, { name: "VoteValue", description: "A vote for a post, or against it." });
