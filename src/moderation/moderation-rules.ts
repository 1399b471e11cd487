import type { Post, Thread } from "../content/content-locks.ts";
import { readText } from "../content/text-rules.ts";
import { Refusal } from "../kernel/refusal.ts";

const REASON_CHARACTERS_MAX = 1_000;
export const DETAILS_CHARACTERS_MAX = 2_000;

/** @throws Refusal `not-allowed` unless the viewer moderates the thread's space. `what` completes "You may not …". */
export function assertModerates(thread: Thread, what: string): void {
  if (!thread.access.moderates) throw new Refusal("not-allowed", { what });
}

/** A moderator decides on what they saw. @throws Refusal `revision.outdated` when the post has changed since. */
export function assertRevision(post: Post, seen: number): void {
  if (post.revision !== seen) throw new Refusal("revision.outdated", { seen, current: post.revision }, "revision");
}

/** Why a moderator decided so: for the author, the appeal and the audit. @throws Refusal naming the field `reason`. */
export function readReason(raw: string): string {
  return readText(raw, { field: "reason", charactersMax: REASON_CHARACTERS_MAX, multiline: true });
}
