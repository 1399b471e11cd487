import { DAY_MS, MINUTE_MS, SECOND_MS } from "../kernel/instant.ts";
import { sigmoid } from "../math/logistic.ts";
import { COURSES, LESSONS_PER_DAY } from "./course-catalogue.ts";
import type { Learner } from "./person.ts";
import type { World } from "./world.ts";

/** Lessons that anyone may watch before buying. */
const FREE_LESSONS = 2;
/** After so many failures the course lets them pass on. */
const TRIES_MAX = 4;

/** Lessons done fewer than the course's pace asks for since it was bought, never negative. */
export function lessonsBehind(learner: Learner, atMs: number): number {
  if (learner.boughtMs === null || learner.finishedMs !== null) return 0;
  const due = Math.min(((atMs - learner.boughtMs) / DAY_MS) * LESSONS_PER_DAY, learner.course.lessons.length);
  return Math.max(0, due - learner.lessonsDone);
}

/** Every second lesson ends with a quiz. */
export function hasQuiz(lessonIndex: number): boolean {
  return lessonIndex % 2 === 1;
}

/** The studying of one visit. Returns when it ended and whether a quiz was failed. */
export function study(world: World, learner: Learner, startMs: number, sale: boolean) {
  const { rng, profile } = learner;
  let atMs = startMs;
  let failed = false;
  if (learner.boughtMs === null) atMs = considerBuying(world, learner, atMs, sale);
  else if (learner.finishedMs !== null) atMs = considerNextCourse(world, learner, atMs, sale);
  const lessons = Math.min(learner.visits === 1 ? 1 : rng.poisson(profile.lessonsPerVisit), 4);
  for (let lesson = 0; lesson < lessons && mayLearn(learner); lesson += 1) {
    const outcome = takeLesson(world, learner, atMs);
    atMs = outcome.atMs;
    failed ||= outcome.failed;
    if (outcome.failed || !outcome.finished) break;
  }
  return { atMs, failed };
}

function mayLearn(learner: Learner): boolean {
  const open = learner.boughtMs === null ? FREE_LESSONS : learner.course.lessons.length;
  return learner.lessonsDone < open;
}

/** P(pass) = σ(skill − difficulty + 0.5·tries), where difficulty runs from −0.5 to 1 through the course, and lesson 6 is a hurdle. */
function takeLesson(world: World, learner: Learner, startMs: number) {
  const { rng, course, lessonsDone: index } = learner;
  const { journal } = world;
  const [, minutes] = course.lessons[index]!;
  const lesson = { courseKey: course.key, lessonKey: `${course.key}/${index + 1}`, lessonNumber: index + 1 };
  let atMs = startMs;
  const again = learner.attempts > 0;
  if (!again) journal.writeActivity("lesson.started", learner, atMs, lesson);
  const share = again
    ? 0.15 + 0.35 * rng.uniform()
    : rng.chance(0.86)
      ? 0.92 + 0.2 * rng.uniform()
      : 0.8 * rng.uniform();
  const watchSeconds = Math.round(share * minutes * 60);
  atMs += watchSeconds * SECOND_MS;
  journal.writeActivity("video.watched", learner, atMs, { ...lesson, watchSeconds, durationSeconds: minutes * 60 });
  if (!again && share < 0.8) return { atMs, failed: false, finished: false };
  if (hasQuiz(index)) {
    atMs += rng.int(2, 12) * MINUTE_MS;
    const difficulty = -0.5 + (1.5 * index) / course.lessons.length + (index === 5 ? 0.6 : 0);
    const passed = rng.chance(sigmoid(learner.skill - difficulty + 0.5 * learner.attempts));
    const score = passed ? rng.int(60, 100) : rng.int(15, 59);
    learner.attempts += 1;
    journal.writeActivity("quiz.submitted", learner, atMs, { ...lesson, score, passed, attempt: learner.attempts });
    if (!passed) {
      learner.quizzesFailed += 1;
      learner.failuresRecent += 1;
      if (learner.attempts < TRIES_MAX) return { atMs, failed: true, finished: false };
    }
  }
  atMs += 5 * SECOND_MS;
  journal.writeActivity("lesson.completed", learner, atMs, lesson);
  learner.attempts = 0;
  learner.lessonsDone += 1;
  learner.lessonsCompleted += 1;
  if (learner.lessonsDone === course.lessons.length) learner.finishedMs = atMs;
  return { atMs, failed: false, finished: true };
}

function considerBuying(world: World, learner: Learner, atMs: number, sale: boolean): number {
  const { profile, rng } = learner;
  const eager = learner.visits === 1 ? profile.buysAtOnce : 0.035;
  return rng.chance(Math.min(1, eager * saleFactor(learner, sale))) ? buy(world, learner, atMs, sale) : atMs;
}

function considerNextCourse(world: World, learner: Learner, atMs: number, sale: boolean): number {
  const { profile, rng } = learner;
  const left = COURSES.filter(({ locale, key }) => locale === learner.record.locale && !learner.coursesTaken.has(key));
  if (left.length === 0 || !rng.chance(Math.min(1, profile.buysAgain * 0.3 * saleFactor(learner, sale)))) return atMs;
  learner.course = rng.pick(left);
  learner.coursesTaken.add(learner.course.key);
  learner.lessonsDone = 0;
  learner.attempts = 0;
  learner.finishedMs = null;
  return buy(world, learner, atMs, sale);
}

function saleFactor(learner: Learner, sale: boolean): number {
  if (learner.archetype !== "deal-seeker") return sale ? 1.3 : 1;
  return sale ? 4 : 0.5;
}

function buy(world: World, learner: Learner, atMs: number, sale: boolean): number {
  const { course, rng } = learner;
  const boughtMs = atMs + rng.int(40, 400) * SECOND_MS;
  const discountPercent = sale ? 40 : learner.archetype === "deal-seeker" ? 20 : 0;
  const amountMinor = Math.round((course.priceMinor * (100 - discountPercent)) / 100);
  const { key: courseKey, currency } = course;
  const purchase = { courseKey, amountMinor, currency, discountPercent };
  world.journal.writeActivity("purchase.completed", learner, boughtMs, purchase);
  learner.boughtMs = boughtMs;
  return boughtMs + 30 * SECOND_MS;
}
