import type { Thread } from "../content/content-locks.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";

/** Pinned threads of a space at a time: they stand above its feed, and push it off the screen. */
export const PINS_MAX = 5;
const SLOW_MODE_SECONDS_MAX = 7 * 24 * 3_600;

/** Until when a thread is pinned; null for good. @throws Refusal naming the field `until`, for a time that is over. */
export function readPinEnd(until: Instant | null, now: Instant): Instant | null {
  if (until !== null && !(until > now)) throw invalid("give a time that is still to come", "until");
  return until;
}

/** @throws Refusal naming the field `seconds`. */
export function assertThreadSlowMode(seconds: number): void {
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= SLOW_MODE_SECONDS_MAX) return;
  throw invalid(`slow mode makes members wait for 0 to ${SLOW_MODE_SECONDS_MAX} seconds`, "seconds");
}

export function invalid(reason: string, field: string): Refusal {
  return new Refusal("input.invalid", { reason }, field);
}

/** What a thread that was split off may be; polls and announcements are made as such. */
export type SplitKind = "discussion" | "question";

const SPLIT_POSTS_MAX = 100;

/** The posts to split off, each once. @throws Refusal naming the field `postIds`. */
export function readSplit(postIds: readonly Id[]): Id[] {
  const ids = [...new Set(postIds)];
  if (ids.length === 0 || ids.length > SPLIT_POSTS_MAX) throw invalid(`name 1 to ${SPLIT_POSTS_MAX} posts`, "postIds");
  return ids;
}

/**
 * Refuses to merge what would not read as one thread: of different kinds, or a later thread's posts before the opening of the one
 * that stays. A poll stays as it is, since its ballots answer its own title.
 * @throws Refusal `thread.closed`, or `input.invalid` naming the field.
 */
export function assertMayMerge(from: Thread, into: Thread, starts: { from: Date; into: Date }): void {
  for (const thread of [from, into]) {
    if (thread.state !== "visible") throw new Refusal("thread.closed", { threadId: thread.id });
  }
  if (from.kind === "poll") throw invalid("a poll cannot be merged into another thread", "threadId");
  if ((from.kind === "question") !== (into.kind === "question")) {
    throw invalid("a question can be merged with questions only", "intoThreadId");
  }
  if (starts.from < starts.into) throw invalid("merge the later thread into the earlier one", "intoThreadId");
}
