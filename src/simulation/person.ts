import type { Rng } from "../math/rng.ts";
import type { ArchetypeProfile } from "./archetype-catalogue.ts";
import type { Case } from "./corpus/template.ts";
import type { Course } from "./course-catalogue.ts";
import { type Archetype, type ChurnCause, type ResponseGroup, type TreatmentKind } from "./kinds.ts";
import type { MemberRecord, PostRecord, ThreadRecord } from "./records.ts";

/** Anyone who writes: a learner, an instructor, a moderator, the operator. */
export interface Person {
  readonly record: MemberRecord;
  /** Their own stream of chance: what others draw does not move it. */
  readonly rng: Rng;
  /** The course they take, or teach. */
  course: Course;
  /** Lessons done of the course. */
  lessonsDone: number;
  lastActiveMs: number;
  /** When they first wrote something; null before. */
  firstWroteMs: number | null;
  /** When someone last replied to or voted for something of theirs; null before. */
  lastHeardMs: number | null;
  firstQuestion: BoardThread | null;
  /** Their questions without an accepted answer, oldest first. */
  openQuestions: BoardThread[];
}

/** A member whose staying is simulated. */
export interface Learner extends Person {
  readonly archetype: Archetype;
  readonly profile: ArchetypeProfile;
  readonly group: ResponseGroup;
  readonly joinDay: number;
  /** Their own rate, drawn around the archetype's. */
  readonly visitsPerDay: number;
  /** Log-odds of passing a quiz of average difficulty. */
  readonly skill: number;
  /** Leaves when `hazardSum` reaches it; drawn from Exp(1). */
  readonly threshold: number;
  hazardSum: number;
  habit: number;
  /** A break lasts until then. */
  awayUntilMs: number;
  visits: number;
  lessonsCompleted: number;
  quizzesFailed: number;
  failuresRecent: number;
  /** Tries at the quiz of the lesson that comes next. */
  attempts: number;
  /** When they bought the current course; null while they look at its free lessons. */
  boughtMs: number | null;
  finishedMs: number | null;
  readonly coursesTaken: Set<string>;
  readonly treatments: { readonly kind: TreatmentKind; readonly dayIndex: number }[];
  /** Days of exposure to each of CHURN_CAUSES, in its order. */
  readonly exposureDays: Float64Array;
  daysAtRisk: number;
  leftMs: number | null;
  cause: ChurnCause | null;
  /** λ of the last day that was lived. */
  hazard: number;
}

/** A post as others meet it. */
export interface BoardPost {
  readonly key: string;
  readonly author: Person;
  readonly kind: PostRecord["kind"] | "opening";
  readonly atMs: number;
  readonly voters: Set<Person>;
}

/** A thread as others meet it: its posts so far, and what is left to be said. */
export interface BoardThread {
  readonly record: ThreadRecord;
  readonly author: Person;
  readonly atMs: number;
  readonly slots: Case;
  readonly replies: string[];
  readonly opening: BoardPost;
  readonly posts: BoardPost[];
  /** How much it invites others to write; about 1, near 0 for those that people pass by. */
  readonly appeal: number;
  firstAnswerMs: number | null;
  accepted: boolean;
}
