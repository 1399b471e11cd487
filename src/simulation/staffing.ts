import { HOUR_MS, MINUTE_MS } from "../kernel/instant.ts";
import { pickToRead, viewPage } from "./conversing.ts";
import type { Person } from "./person.ts";
import type { Staff } from "./population.ts";
import type { SimulatedLocale } from "./records.ts";
import type { Visit, World } from "./world.ts";
import { castVote, replyTo, replyWithPhrase, startThread } from "./writing.ts";

/** Who of the staff comes on the UTC day that starts at `dayMs`, and when. */
export function planStaffVisits(staff: Staff, dayMs: number): Visit[] {
  const weekday = new Date(dayMs).getUTCDay();
  const weekend = weekday === 0 || weekday === 6;
  const visits: Visit[] = [];
  for (const instructor of staff.instructors) {
    if (!instructor.rng.chance(weekend ? 0.25 : 0.75)) continue;
    visits.push({ atMs: officeHour(instructor, dayMs), work: (world, atMs) => teach(world, instructor, atMs) });
  }
  for (const moderator of staff.moderators) {
    if (!moderator.rng.chance(weekend ? 0.5 : 0.8)) continue;
    visits.push({ atMs: officeHour(moderator, dayMs), work: (world, atMs) => lookAround(world, moderator, atMs) });
  }
  if (weekday === 1 || weekday === 2) {
    const author = staff.moderators[weekday === 1 ? 0 : 1]!;
    visits.push({ atMs: officeHour(author, dayMs), work: (world, atMs) => announce(world, author, atMs) });
  }
  if (!weekend) {
    const { operator } = staff;
    visits.push({ atMs: officeHour(operator, dayMs), work: (world, atMs) => signIn(world, operator, atMs) });
  }
  return visits;
}

/** Between nine and six where the staff of each language works, as hours of the UTC day. */
const OFFICE_OPENS: Readonly<Record<SimulatedLocale, number>> = { "zh-CN": 1, en: 9 };

function officeHour(person: Person, dayMs: number): number {
  return dayMs + OFFICE_OPENS[person.record.locale] * HOUR_MS + person.rng.int(0, 9 * 60 - 1) * MINUTE_MS;
}

function signIn(world: World, person: Person, atMs: number): void {
  world.journal.writeActivity("login", person, atMs, { device: "web" });
  viewPage(world, person, atMs + MINUTE_MS, "/console");
}

/** Answers some of the questions of the own course that have waited for three hours. Not all: that is what the nudges are for. */
function teach(world: World, instructor: Person, startMs: number): void {
  signIn(world, instructor, startMs);
  let atMs = startMs + 5 * MINUTE_MS;
  const waiting = world.board
    .visibleTo(instructor, [instructor.course.key], startMs - 3 * HOUR_MS)
    .filter((thread) => thread.record.kind === "question" && thread.firstAnswerMs === null)
    .filter(({ appeal }) => instructor.rng.chance(0.3 * Math.min(1, appeal)))
    .slice(0, 3);
  for (const thread of waiting) {
    atMs += instructor.rng.int(4, 15) * MINUTE_MS;
    if (instructor.rng.chance(0.25)) replyWithPhrase(world, instructor, thread, "instructor", atMs);
    else replyTo(world, instructor, thread, atMs);
  }
}

function lookAround(world: World, moderator: Person, startMs: number): void {
  signIn(world, moderator, startMs);
  let atMs = startMs + 2 * MINUTE_MS;
  const threads = world.board
    .visibleTo(moderator, ["lounge", "career", "feedback"], startMs)
    .filter((thread) => thread.author !== moderator);
  if (threads.length === 0) return;
  for (let visit = 0; visit < 2; visit += 1) {
    atMs += moderator.rng.int(2, 9) * MINUTE_MS;
    const thread = pickToRead(moderator.rng, threads, atMs);
    castVote(world, moderator, thread, thread.opening, 1, atMs);
    const silent = !thread.posts.some((post) => post.author === moderator);
    if (silent && moderator.rng.chance(0.3)) replyTo(world, moderator, thread, atMs + MINUTE_MS);
  }
}

function announce(world: World, author: Person, atMs: number): void {
  startThread(world, author, "announcements", "discussion", atMs);
}
