import type { EventKind } from "../events/tracking-plan-catalogue.ts";
import type { PostKind, ThreadKind } from "../kernel/domain-events.ts";
import type { Instant } from "../kernel/instant.ts";
import { type Archetype } from "./kinds.ts";

/**
 * What the simulation says happened, in order of time, as plain data. Keys are stable strings that hold within one stream
 * (`m0042`, `t00017`, `p000312`); whoever loads it gives out real ids. A record only names keys that came before it.
 */
export type SimulationRecord =
  | CommunityRecord
  | SpaceRecord
  | CourseRecord
  | MemberRecord
  | ThreadRecord
  | PostRecord
  | VoteRecord
  | AcceptanceRecord
  | ActivityRecord;

/** What simulated members start. */
export type SimulatedThreadKind = Extract<ThreadKind, "question" | "discussion">;

export type SimulatedLocale = "zh-CN" | "en";

interface CommunityRecord {
  readonly type: "community";
  readonly key: string;
  readonly name: string;
  readonly locale: SimulatedLocale;
  readonly timeZone: string;
  readonly createdAt: Instant;
}

interface SpaceRecord {
  readonly type: "space";
  /** Also its slug. */
  readonly key: string;
  readonly name: string;
  readonly kind: "course" | "topic";
  readonly createdAt: Instant;
}

export interface CourseRecord {
  readonly type: "course";
  /** The same as its space's. */
  readonly key: string;
  readonly title: string;
  /** Courses are taught in one language. */
  readonly locale: SimulatedLocale;
  readonly instructorKey: string;
  /** In the currency's minor unit. */
  readonly priceMinor: number;
  readonly currency: "CNY" | "USD";
  readonly lessons: readonly Lesson[];
}

interface Lesson {
  readonly key: string;
  readonly title: string;
  readonly minutes: number;
  readonly hasQuiz: boolean;
}

export interface MemberRecord {
  readonly type: "member";
  readonly key: string;
  readonly displayName: string;
  readonly locale: SimulatedLocale;
  /** An IANA zone. */
  readonly timeZone: string;
  readonly role: "member" | "moderator" | "operator";
  readonly joinedAt: Instant;
  /** Why they behave as they do: for evaluation, never for the product. Instructors moderate their course. */
  readonly archetype: Archetype | "instructor" | "staff";
}

export interface ThreadRecord {
  readonly type: "thread";
  readonly key: string;
  readonly openingPostKey: string;
  readonly spaceKey: string;
  readonly authorKey: string;
  readonly kind: SimulatedThreadKind;
  readonly locale: SimulatedLocale;
  readonly title: string;
  readonly tags: readonly string[];
  /** The opening post's text. */
  readonly bodyMarkdown: string;
  readonly createdAt: Instant;
}

export interface PostRecord {
  readonly type: "post";
  readonly key: string;
  readonly threadKey: string;
  readonly authorKey: string;
  readonly kind: Exclude<PostKind, "opening">;
  /** The post a comment is on; null for replies and answers. */
  readonly parentKey: string | null;
  readonly bodyMarkdown: string;
  readonly createdAt: Instant;
}

interface VoteRecord {
  readonly type: "vote";
  readonly postKey: string;
  readonly memberKey: string;
  readonly value: 1 | -1;
  readonly castAt: Instant;
}

interface AcceptanceRecord {
  readonly type: "acceptance";
  readonly threadKey: string;
  readonly postKey: string;
  /** The asker. */
  readonly memberKey: string;
  readonly acceptedAt: Instant;
}

/** A line of the event log, as the tracking plan has it: what the platform's clients would send, and what the product would see itself. */
export interface ActivityRecord {
  readonly type: "activity";
  readonly key: string;
  readonly kind: EventKind;
  readonly memberKey: string;
  readonly occurredAt: Instant;
  readonly properties: Readonly<Record<string, string | number | boolean>>;
}
