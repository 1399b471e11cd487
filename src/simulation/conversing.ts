import { DAY_MS, HOUR_MS, SECOND_MS } from "../kernel/instant.ts";
import type { Rng } from "../math/rng.ts";
import type { BoardPost, BoardThread, Learner, Person } from "./person.ts";
import { MEMBER_TOPICS, type World } from "./world.ts";
import { acceptAnswer, castVote, commentOn, replyTo, replyWithPhrase, startThread } from "./writing.ts";

const TOPICS = ["lounge", "career", "feedback", "announcements"] as const;

/** The conversing of one visit: looking after one's own questions, reading, replying, voting, asking, sharing. Returns when it ended. */
export function converse(world: World, learner: Learner, startMs: number, failedQuiz: boolean): number {
  const { rng, profile } = learner;
  let atMs = lookAfterOwnQuestions(world, learner, startMs);
  const threads = world.board.visibleTo(learner, [learner.course.key, ...TOPICS], atMs);
  const foreign = threads.filter((thread) => thread.author !== learner);
  if (foreign.length > 0) {
    const reads = rng.poisson(0.2 + 0.5 * profile.replies);
    for (let read = 0; read < reads; read += 1) {
      atMs += seconds(rng, 20, 150);
      viewPage(world, learner, atMs, `/threads/${pickToRead(rng, foreign, atMs).record.key}`);
    }
    if (rng.chance(profile.votes)) atMs = vote(world, learner, foreign, atMs);
    if (rng.chance(profile.replies)) atMs = contribute(world, learner, foreign, atMs);
    if (profile.replies > 0.3 && rng.chance(profile.replies)) atMs = contribute(world, learner, foreign, atMs);
  }
  const asks = Math.min(0.5, profile.asks * (failedQuiz ? 5 : 1) * (learner.firstQuestion === null ? 2 : 0.7));
  if (rng.chance(asks)) {
    atMs += seconds(rng, 90, 600);
    const inCourse = rng.chance(0.95);
    startThread(world, learner, inCourse ? learner.course.key : rng.pick(MEMBER_TOPICS.question), "question", atMs);
  } else if (rng.chance(profile.discusses)) {
    atMs += seconds(rng, 120, 700);
    const inCourse = rng.chance(0.6);
    const spaceKey = inCourse ? learner.course.key : rng.weighted(MEMBER_TOPICS.discussion, [5, 2.5, 1.5]);
    startThread(world, learner, spaceKey, "discussion", atMs);
  }
  return atMs;
}

export function viewPage(world: World, person: Person, atMs: number, path: string): void {
  world.journal.writeActivity("page.viewed", person, atMs, { path });
}

/** Newer and quieter threads are met more often: weight appeal·e^(−age/2 d)/(1 + posts/3). */
export function pickToRead(rng: Rng, threads: readonly BoardThread[], atMs: number): BoardThread {
  const weights = threads.map((thread) => {
    const fresh = Math.exp(-(atMs - thread.atMs) / (2 * DAY_MS)) + 1e-6;
    return (thread.appeal * fresh) / (1 + thread.posts.length / 3);
  });
  return rng.weighted(threads, weights);
}

/** Posts of a thread that can be read at `atMs`, the opening first. */
function postsBefore(thread: BoardThread, atMs: number): BoardPost[] {
  return [thread.opening, ...thread.posts].filter((post) => post.atMs < atMs);
}

function contribute(world: World, learner: Learner, threads: readonly BoardThread[], startMs: number): number {
  const { rng } = learner;
  const atMs = startMs + seconds(rng, 60, 420);
  const thread = pickToRead(rng, threads, atMs);
  const answers = thread.posts.filter((post) => post.kind !== "comment" && post.atMs < atMs && post.author !== learner);
  const own = thread.posts.filter((post) => post.author === learner);
  const hasReplied = own.some((post) => post.kind !== "comment");
  if (answers.length > 0 && (hasReplied || rng.chance(0.18))) {
    if (own.some((post) => post.kind === "comment")) return atMs;
    const phrase = thread.record.kind === "question" ? "agreement" : "chiming";
    commentOn(world, learner, thread, rng.pick(answers), phrase, atMs);
  } else if (!hasReplied) {
    replyTo(world, learner, thread, atMs);
  }
  return atMs;
}

/** Answers gather votes; so does, less often, the post that opened the thread. */
function vote(world: World, learner: Learner, threads: readonly BoardThread[], startMs: number): number {
  const { rng } = learner;
  let atMs = startMs;
  const votes = 1 + rng.poisson(0.5);
  for (let cast = 0; cast < votes; cast += 1) {
    atMs += seconds(rng, 8, 60);
    const thread = pickToRead(rng, threads, atMs);
    const posts = postsBefore(thread, atMs).filter((post) => post.kind !== "comment");
    const post = rng.weighted(
      posts,
      posts.map(({ kind }) => (kind === "opening" ? 1 : 2)),
    );
    castVote(world, learner, thread, post, rng.chance(0.04) ? -1 : 1, atMs);
  }
  return atMs;
}

/** Accepts an answer that worked, thanks for it, adds to a question that waits, and thanks those who joined a discussion. */
function lookAfterOwnQuestions(world: World, learner: Learner, startMs: number): number {
  const { rng } = learner;
  let atMs = startMs;
  learner.openQuestions = learner.openQuestions.filter((thread) => atMs - thread.atMs < 30 * DAY_MS);
  for (const thread of learner.openQuestions) {
    atMs += seconds(rng, 15, 90);
    const answers = thread.posts.filter(
      (post) => post.kind === "answer" && post.author !== learner && post.atMs < atMs,
    );
    if (answers.length > 0) {
      if (!rng.chance(0.6)) continue;
      const answer = rng.weighted(
        answers,
        answers.map((post) => 1 + 2 * post.voters.size),
      );
      acceptAnswer(world, thread, answer, atMs);
      atMs += seconds(rng, 10, 60);
      if (rng.chance(0.6)) commentOn(world, learner, thread, answer, "solved", atMs);
      if (rng.chance(0.7)) castVote(world, learner, thread, answer, 1, atMs + SECOND_MS);
    } else if (thread.posts.length === 0 && atMs - thread.atMs > 20 * HOUR_MS && rng.chance(0.2)) {
      commentOn(world, learner, thread, thread.opening, "stillStuck", atMs);
    }
  }
  const own = world.board
    .visibleTo(learner, [learner.course.key, ...MEMBER_TOPICS.discussion], atMs)
    .find((thread) => thread.author === learner && thread.record.kind === "discussion");
  const heard = own?.posts.some((post) => post.author !== learner && post.atMs < atMs);
  if (own !== undefined && heard && !own.posts.some((post) => post.author === learner) && rng.chance(0.5)) {
    atMs += seconds(rng, 30, 200);
    replyWithPhrase(world, learner, own, "thanks", atMs);
  }
  return atMs;
}

function seconds(rng: Rng, from: number, to: number): number {
  return rng.int(from, to) * SECOND_MS;
}
