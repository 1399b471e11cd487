import { assert } from "../kernel/assert.ts";
import type { Case, Phrases } from "./corpus/template.ts";
import type { BoardPost, BoardThread, Person } from "./person.ts";
import type { PostRecord, SimulatedThreadKind, ThreadRecord } from "./records.ts";
import { fillText } from "./thread-text.ts";
import type { World } from "./world.ts";

/** One thread in three is put, or timed, so that people pass it by. */
const OVERLOOKED = 0.32;

/** Starts a thread about whatever the space's deck deals. */
export function startThread(
  world: World,
  author: Person,
  spaceKey: string,
  kind: SimulatedThreadKind,
  atMs: number,
): BoardThread {
  const { journal, textRng } = world;
  const { locale, key: authorKey } = author.record;
  const closers = kind === "question" ? "askingClosers" : "talkingClosers";
  const closing = author.record.role === "member" ? world.phrase(locale, closers) : "";
  const text = world.deck(spaceKey, locale, kind).next(textRng, placeInCourse(author), closing);
  const { title, tags, bodyMarkdown } = text;
  const key = journal.nextKey("thread");
  const openingPostKey = journal.nextKey("post");
  const createdAt = new Date(atMs);
  const record: ThreadRecord = {
    type: "thread",
    key,
    openingPostKey,
    spaceKey,
    authorKey,
    kind,
    locale,
    title,
    tags,
    bodyMarkdown,
    createdAt,
  };
  const opening: BoardPost = { key: openingPostKey, author, kind: "opening", atMs, voters: new Set() };
  const { slots, replies } = text;
  const thread: BoardThread = {
    record,
    author,
    atMs,
    slots,
    replies,
    opening,
    posts: [],
    appeal: author.rng.chance(OVERLOOKED) ? 0.04 : Math.exp(author.rng.normal(0, 0.5)),
    firstAnswerMs: null,
    accepted: false,
  };
  journal.write(record, atMs);
  const created = { threadId: key, spaceId: spaceKey, authorId: authorKey, openingPostId: openingPostKey, kind };
  journal.writeMeaning({ type: "thread.created", ...created }, author, atMs);
  world.board.add(thread);
  author.firstWroteMs ??= atMs;
  if (kind === "question") {
    author.firstQuestion ??= thread;
    author.openQuestions.push(thread);
  }
  return thread;
}

/** Answers a question or replies to a discussion, with something that has not been said in it yet. */
export function replyTo(world: World, author: Person, thread: BoardThread, atMs: number): BoardPost | null {
  const text = thread.replies.pop();
  if (text === undefined) return null;
  const kind = thread.record.kind === "question" ? "answer" : "reply";
  return writePost(world, author, thread, kind, null, text, atMs);
}

/** Says one of the language's phrases to a post of the thread. */
export function commentOn(
  world: World,
  author: Person,
  thread: BoardThread,
  parent: BoardPost,
  phrase: keyof Phrases,
  atMs: number,
): void {
  const text = world.phrase(thread.record.locale, phrase);
  writePost(world, author, thread, "comment", parent, text, atMs);
}

/** A reply that goes to everyone, in the language's own phrases. */
export function replyWithPhrase(
  world: World,
  author: Person,
  thread: BoardThread,
  phrase: keyof Phrases,
  atMs: number,
): void {
  const kind = thread.record.kind === "question" ? "answer" : "reply";
  const text = world.phrase(thread.record.locale, phrase);
  writePost(world, author, thread, kind, null, text, atMs);
}

/** Votes once; false when they have voted for it before, or wrote it. */
export function castVote(
  world: World,
  voter: Person,
  thread: BoardThread,
  post: BoardPost,
  value: 1 | -1,
  atMs: number,
): boolean {
  if (post.author === voter || post.voters.has(voter)) return false;
  assert(post.atMs < atMs, "a vote comes after its post");
  post.voters.add(voter);
  const castAt = new Date(atMs);
  world.journal.write({ type: "vote", postKey: post.key, memberKey: voter.record.key, value, castAt }, atMs);
  const cast = { voteId: `${post.key}/${voter.record.key}`, postId: post.key, threadId: thread.record.key, value };
  const people = { voterId: voter.record.key, authorId: post.author.record.key };
  world.journal.writeMeaning({ type: "vote.cast", ...cast, ...people, postKind: post.kind }, voter, atMs);
  if (value === 1) hear(post.author, atMs);
  return true;
}

export function acceptAnswer(world: World, thread: BoardThread, answer: BoardPost, atMs: number): void {
  const { author: asker, record } = thread;
  assert(record.kind === "question" && !thread.accepted, "one answer of a question is accepted");
  thread.accepted = true;
  asker.openQuestions = asker.openQuestions.filter((open) => open !== thread);
  const acceptedAt = new Date(atMs);
  const memberKey = asker.record.key;
  world.journal.write({ type: "acceptance", threadKey: record.key, postKey: answer.key, memberKey, acceptedAt }, atMs);
  const accepted = { acceptanceId: record.key, threadId: record.key, postId: answer.key };
  const people = { askerId: memberKey, acceptedById: memberKey, answererId: answer.author.record.key };
  world.journal.writeMeaning({ type: "answer.accepted", ...accepted, ...people }, asker, atMs);
  hear(answer.author, atMs);
}

function writePost(
  world: World,
  author: Person,
  thread: BoardThread,
  kind: PostRecord["kind"],
  parent: BoardPost | null,
  text: string,
  atMs: number,
): BoardPost {
  const { journal, textRng } = world;
  assert(thread.atMs < atMs && (parent === null || parent.atMs < atMs), "a post comes after what it is about");
  const key = journal.nextKey("post");
  const threadKey = thread.record.key;
  const bodyMarkdown = fillText(text, thread.slots, textRng, thread.record.locale);
  journal.write(
    {
      type: "post",
      key,
      threadKey,
      authorKey: author.record.key,
      kind,
      parentKey: parent?.key ?? null,
      bodyMarkdown,
      createdAt: new Date(atMs),
    },
    atMs,
  );
  const people = { authorId: author.record.key, threadAuthorId: thread.author.record.key };
  journal.writeMeaning({ type: "post.created", postId: key, threadId: threadKey, ...people, kind }, author, atMs);
  const post: BoardPost = { key, author, kind, atMs, voters: new Set() };
  thread.posts.push(post);
  if (kind === "answer") thread.firstAnswerMs = Math.min(thread.firstAnswerMs ?? atMs, atMs);
  author.firstWroteMs ??= atMs;
  const addressee = parent?.author ?? thread.author;
  if (addressee !== author) hear(addressee, atMs);
  return post;
}

function hear(person: Person, atMs: number): void {
  person.lastHeardMs = Math.max(person.lastHeardMs ?? 0, atMs);
}

function placeInCourse({ course, lessonsDone }: Person): Case {
  const index = Math.min(lessonsDone, course.lessons.length - 1);
  return { course: course.title, number: String(index + 1), lesson: course.lessons[index]?.[0] ?? course.title };
}
