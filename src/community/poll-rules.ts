import type { PollChoice, PollResults } from "../../drizzle/tables/threads.ts";
import { readText } from "../content/text-rules.ts";
import type { ThreadKind } from "../kernel/domain-events.ts";
import type { Instant } from "../kernel/instant.ts";
import { Refusal } from "../kernel/refusal.ts";

const OPTIONS_MIN = 2;
const OPTIONS_MAX = 20;
const OPTION_CHARACTERS_MAX = 200;

/** What a poll asks, and how. Its options never change: ballots stand for what was read when they were cast. */
export interface PollSettings {
  readonly options: readonly string[];
  readonly choice: PollChoice;
  readonly results: PollResults;
  /** From then on no ballot changes; null for never. */
  readonly closesAt: Instant | null;
}

/**
 * The poll of a new thread, as it is stored; null for a thread of another kind.
 * @throws Refusal `input.invalid` naming the field at fault.
 */
export function readPoll(kind: ThreadKind, poll: PollSettings | null, now: Instant): PollSettings | null {
  if (kind !== "poll") {
    if (poll !== null) throw invalid("only a thread of the kind poll holds a poll", "poll");
    return null;
  }
  if (poll === null) throw invalid("say what the poll asks", "poll");
  if (poll.options.length < OPTIONS_MIN || poll.options.length > OPTIONS_MAX) {
    throw invalid(`a poll has ${OPTIONS_MIN} to ${OPTIONS_MAX} options`, "poll.options");
  }
  const options = poll.options.map((text, position) =>
    readText(text, { field: `poll.options.${position}`, charactersMax: OPTION_CHARACTERS_MAX }),
  );
  if (new Set(options.map((text) => text.normalize("NFKC").toLowerCase())).size < options.length) {
    throw invalid("two options of the poll say the same", "poll.options");
  }
  if (poll.closesAt !== null && !(poll.closesAt > now))
    throw invalid("give a time that is still to come", "poll.closesAt");
  return { ...poll, options };
}

/** What decides whether a poll takes ballots and shows how it stands. */
export interface PollState {
  readonly choice: PollChoice;
  readonly results: PollResults;
  readonly closesAt: Instant | null;
  readonly optionCount: number;
}

export function isClosed({ closesAt }: Pick<PollState, "closesAt">, now: Instant): boolean {
  return closesAt !== null && closesAt <= now;
}

/** Whether a member sees how a poll stands; nobody, whoever they are, sees more. */
export function showsResults(poll: Pick<PollState, "results" | "closesAt">, hasVoted: boolean, now: Instant): boolean {
  return poll.results === "always" || isClosed(poll, now) || (poll.results === "voted" && hasVoted);
}

/**
 * The options that a ballot names, ascending and each once; none takes the ballot back.
 * @throws Refusal `input.invalid` naming the field `positions`.
 */
export function readBallot(poll: PollState, positions: readonly number[]): number[] {
  if (positions.length > OPTIONS_MAX) throw invalid(`a poll has ${OPTIONS_MIN} to ${OPTIONS_MAX} options`, "positions");
  const chosen = [...new Set(positions)].sort((a, b) => a - b);
  if (chosen.some((position) => !Number.isInteger(position) || position < 1 || position > poll.optionCount)) {
    throw invalid("the poll has no such option", "positions");
  }
  if (poll.choice === "single" && chosen.length > 1) throw invalid("this poll takes one option", "positions");
  return chosen;
}

function invalid(reason: string, field: string): Refusal {
  return new Refusal("input.invalid", { reason }, field);
}
