/** A sentence or name in every language a person may read it in. */
interface Localised {
  readonly en: string;
  readonly "zh-CN": string;
}

/**
 * What a kind of event says about its member. `own`: the member did it, so that they were here. `received`: somebody else did it
 * to them. `standing`: a fact about them (they joined, they earned a badge). Only `own` keeps a member from counting as churned.
 */
type EventRole = "own" | "received" | "standing";

interface EventKindEntry {
  /** Past tense, dotted. */
  readonly kind: string;
  readonly role: EventRole;
  /** Whether it left something for other members to read. Contributions are `own`. */
  readonly contribution: boolean;
  /** `product`: Rekindle sees it happen, or an import brings it. `client`: the platform sends it to `POST /v1/batch`. */
  readonly source: "product" | "client";
  readonly name: Localised;
  /** What Segment's specification calls it, in {@link canonicalName}'s form. */
  readonly alsoKnownAs?: readonly string[];
}

/**
 * Every kind of event that this product knows. Add one here and it is accepted, rolled up and ready for a feature; see
 * `src/features/feature-catalogue.ts` for what is then computed from it.
 */
export const TRACKING_PLAN = [
  standing("member.joined", "joined", "加入社区"),
  standing("badge.awarded", "earned a badge", "获得徽章"),

  contribution("question.asked", "asked a question", "提问"),
  contribution("discussion.started", "started a discussion", "发起讨论"),
  contribution("answer.posted", "answered", "回答"),
  contribution("reply.posted", "replied", "回复"),
  contribution("comment.posted", "commented", "评论"),

  own("vote.cast", "voted", "投票"),
  own("acceptance.given", "accepted an answer", "采纳回答"),
  own("coupon.redeemed", "redeemed a coupon", "使用优惠券"),

  received("answer.received", "received an answer", "收到回答"),
  received("reply.received", "received a reply", "收到回复"),
  received("comment.received", "received a comment", "收到评论"),
  received("vote.received.up", "received an up-vote", "收到赞同"),
  received("vote.received.down", "received a down-vote", "收到反对"),
  received("answer.accepted", "had an answer accepted", "回答被采纳"),

  client("login", "signed in", "登录", "signed.in", "user.signed.in", "sign.in", "log.in", "logged.in"),
  client("page.viewed", "viewed a page", "浏览页面", "viewed.page", "page.view", "screen.viewed"),
  client("search.performed", "searched", "搜索", "products.searched", "search"),
  client("lesson.started", "started a lesson", "开始学习课时"),
  client("lesson.completed", "completed a lesson", "完成课时"),
  client(
    "video.watched",
    "watched a video",
    "观看视频",
    "video.playback.completed",
    "video.content.completed",
    "video.completed",
  ),
  client("quiz.submitted", "submitted a quiz", "提交测验", "quiz.completed"),
  client("purchase.completed", "bought", "购买", "order.completed"),
] as const satisfies readonly EventKindEntry[];

/** The kind of a tracked event that the plan does not name; its name is kept in the property `event`. Not counted as activity. */
export const CUSTOM_KIND = "custom";

export type EventKind = (typeof TRACKING_PLAN)[number]["kind"] | typeof CUSTOM_KIND;

/** What a member did themselves: the one definition of being active, for features, labels and outcomes alike. */
export const OWN_KINDS: readonly EventKind[] = kindsWhere((entry) => entry.role === "own");

/** Own activity that left something for others. */
export const CONTRIBUTION_KINDS: readonly EventKind[] = kindsWhere((entry) => entry.contribution);

/** What others did to a member, and what the community gave them for it. */
export const FEEDBACK_KINDS: readonly EventKind[] = kindsWhere(
  (entry) => entry.role === "received" || entry.kind === "badge.awarded",
);

/** The plan's kind for a name as a client sent it ("Lesson Started", "lesson_started"), or null when the plan has none. */
export function kindNamed(name: string): EventKind | null {
  return KIND_BY_NAME.get(canonicalName(name)) ?? null;
}

/** Whether a kind reaches this product from the platform's clients only, rather than from what it sees for itself. */
export function isSentByClients(kind: EventKind): boolean {
  return TRACKING_PLAN.find((entry) => entry.kind === kind)?.source !== "product";
}

/** "Lesson Started", "lesson_started", "lessonStarted" → "lesson.started". */
function canonicalName(name: string): string {
  return name
    .trim()
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1.$2")
    .replace(/[\s_\-./:]+/g, ".")
    .toLowerCase();
}

const KIND_BY_NAME: ReadonlyMap<string, EventKind> = new Map(
  TRACKING_PLAN.flatMap((entry: EventKindEntry & { readonly kind: EventKind }) =>
    [entry.kind, ...(entry.alsoKnownAs ?? [])].map((name) => [name, entry.kind] as const),
  ),
);

function kindsWhere(matches: (entry: EventKindEntry) => boolean): readonly EventKind[] {
  return TRACKING_PLAN.filter(matches).map((entry) => entry.kind);
}

function standing<const Kind extends string>(kind: Kind, en: string, zh: string) {
  return { kind, role: "standing", contribution: false, source: "product", name: { en, "zh-CN": zh } } as const;
}

function contribution<const Kind extends string>(kind: Kind, en: string, zh: string) {
  return { kind, role: "own", contribution: true, source: "product", name: { en, "zh-CN": zh } } as const;
}

function own<const Kind extends string>(kind: Kind, en: string, zh: string) {
  return { kind, role: "own", contribution: false, source: "product", name: { en, "zh-CN": zh } } as const;
}

function received<const Kind extends string>(kind: Kind, en: string, zh: string) {
  return { kind, role: "received", contribution: false, source: "product", name: { en, "zh-CN": zh } } as const;
}

function client<const Kind extends string>(kind: Kind, en: string, zh: string, ...alsoKnownAs: readonly string[]) {
  return { kind, role: "own", contribution: false, source: "client", name: { en, "zh-CN": zh }, alsoKnownAs } as const;
}
