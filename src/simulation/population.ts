import { DAY_MS, HOUR_MS, MINUTE_MS } from "../kernel/instant.ts";
import type { Rng } from "../math/rng.ts";
import { ARCHETYPE_NAMES, ARCHETYPES } from "./archetype-catalogue.ts";
import { COURSES, type Course } from "./course-catalogue.ts";
import { CHURN_CAUSES } from "./hazard-rules.ts";
import { RESPONSE_GROUPS } from "./kinds.ts";
import { drawDisplayName, HOMES } from "./name-catalogue.ts";
import type { Learner, Person } from "./person.ts";
import type { MemberRecord, SimulatedLocale } from "./records.ts";

/** Of a hundred who join, how many read Chinese. */
const LOCALES: readonly SimulatedLocale[] = ["zh-CN", "en"];
const LOCALE_WEIGHTS = [60, 40];
const ARCHETYPE_SHARES = ARCHETYPE_NAMES.map((name) => ARCHETYPES[name].share);
/** A cohort starts every four weeks and brings a wave of new members that ebbs away within days. */
const COHORT_DAYS = 28;

/** The people who were there on the first day. */
export interface Staff {
  readonly operator: Person;
  readonly moderators: readonly Person[];
  /** One for each course, in the order of the catalogue. */
  readonly instructors: readonly Person[];
}

export function drawStaff(rng: Rng, startMs: number): Staff {
  const hire = (
    key: string,
    course: Course,
    role: MemberRecord["role"],
    archetype: "instructor" | "staff",
    minute: number,
  ) => {
    const own = rng.fork(key);
    const locale = course.locale;
    const joinedAt = new Date(startMs + minute * MINUTE_MS);
    const timeZone = locale === "zh-CN" ? "Asia/Shanghai" : "Europe/London";
    const displayName = drawDisplayName(own.fork("name"), locale);
    return aPerson({ type: "member", key, displayName, locale, timeZone, role, joinedAt, archetype }, own, course);
  };
  const zh = COURSES.filter((course) => course.locale === "zh-CN")[0]!;
  const en = COURSES.filter((course) => course.locale === "en")[0]!;
  return {
    operator: hire("operator", zh, "operator", "staff", 1),
    moderators: [zh, en, zh, en].map((course, index) =>
      hire(`moderator-${index + 1}`, course, "moderator", "staff", 2 + index),
    ),
    instructors: COURSES.map((course, index) =>
      hire(`instructor-${course.key}`, course, "moderator", "instructor", 10 + index),
    ),
  };
}

/** Everyone who joins within the history, in the order in which they do. */
export function drawLearners(rng: Rng, count: number, startMs: number, historyDays: number): Learner[] {
  const joinDays = historyDays - 1;
  const days = Array.from({ length: joinDays }, (_, day) => day);
  const weights = days.map((day) => (1 + day / joinDays) * (1 + 3.5 * Math.exp(-(day % COHORT_DAYS) / 3)));
  const arrivals = rng.fork("arrivals");
  const joins = Array.from({ length: count }, () => {
    const day = arrivals.weighted(days, weights);
    const hour = arrivals.weighted([0, 1, 2, 3, 4, 5, 6, 7], [1, 3, 3, 2, 4, 6, 4, 2]) * 3;
    return startMs + day * DAY_MS + hour * HOUR_MS + arrivals.int(0, 3 * 60 * 60 - 1) * 1000;
  }).sort((a, b) => a - b);
  return joins.map((joinedMs, index) => aLearner(rng, `m${String(index + 1).padStart(4, "0")}`, joinedMs, startMs));
}

function aLearner(rng: Rng, key: string, joinedMs: number, startMs: number): Learner {
  const own = rng.fork(key);
  const threshold = own.exponential();
  const locale = own.weighted(LOCALES, LOCALE_WEIGHTS);
  const archetype = own.weighted(ARCHETYPE_NAMES, ARCHETYPE_SHARES);
  const profile = ARCHETYPES[archetype];
  const home = HOMES[locale];
  const courses = COURSES.filter((course) => course.locale === locale);
  const course = own.weighted(
    courses,
    courses.map(({ popularity }) => popularity),
  );
  const record: MemberRecord = {
    type: "member",
    key,
    displayName: drawDisplayName(own, locale),
    locale,
    timeZone: own.weighted(home.zones, home.weights),
    role: "member",
    joinedAt: new Date(joinedMs),
    archetype,
  };
  return {
    ...aPerson(record, own, course),
    archetype,
    profile,
    group: own.weighted(
      RESPONSE_GROUPS,
      RESPONSE_GROUPS.map((group) => profile.responses[group]),
    ),
    joinDay: Math.floor((joinedMs - startMs) / DAY_MS),
    visitsPerDay: profile.visitsPerDay * Math.exp(own.normal(-0.35, 1.1)),
    skill: profile.skill + own.normal(0, 0.6),
    threshold,
    hazardSum: 0,
    habit: 0.4,
    awayUntilMs: 0,
    visits: 0,
    lessonsCompleted: 0,
    quizzesFailed: 0,
    failuresRecent: 0,
    attempts: 0,
    boughtMs: null,
    finishedMs: null,
    coursesTaken: new Set([course.key]),
    treatments: [],
    exposureDays: new Float64Array(CHURN_CAUSES.length),
    daysAtRisk: 0,
    leftMs: null,
    cause: null,
    hazard: 0,
  };
}

function aPerson(record: MemberRecord, rng: Rng, course: Course): Person {
  return {
    record,
    rng,
    course,
    lessonsDone: 0,
    lastActiveMs: record.joinedAt.getTime(),
    firstWroteMs: null,
    lastHeardMs: null,
    firstQuestion: null,
    openQuestions: [],
  };
}
