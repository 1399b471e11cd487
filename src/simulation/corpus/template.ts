/**
 * The grammar of the corpus. A text is Markdown with two kinds of holes:
 *
 * - `{name}`: a slot. One *case* (a row of {@link casesOf}) is drawn for each thread and binds its names in the title, the body and
 *   every reply alike, so that an answer speaks of the error that the question showed. `{lesson}`, `{number}` and `{course}` are
 *   bound to where the author stands in the course.
 * - `[[this|that|]]`: one alternative, drawn afresh at each use; an empty one is allowed.
 */
export interface ThreadTemplate {
  readonly kind: "question" | "discussion";
  readonly tags: readonly string[];
  readonly titles: readonly string[];
  readonly bodies: readonly string[];
  /** Answers of a question, replies of a discussion. Each fits every case, and none needs another before it. */
  readonly replies: readonly string[];
  readonly cases: readonly Case[];
}

/** One row of slot values that belong together. */
export type Case = Readonly<Record<string, string>>;

/** Where a thread about the community at large belongs; course corpora have one template list and one space. */
export type TopicSpaceKey = "announcements" | "lounge" | "career" | "feedback";

/** What people say in any thread of a language: the lines around the topical ones. */
export interface Phrases {
  /** The asker returns to an answer that worked. */
  readonly solved: readonly string[];
  /** The asker returns to a question that is still open. */
  readonly stillStuck: readonly string[];
  /** A bystander comments on an answer. */
  readonly agreement: readonly string[];
  /** A bystander comments on a reply in a discussion. */
  readonly chiming: readonly string[];
  /** The author of a discussion comes back to those who replied. */
  readonly thanks: readonly string[];
  /** The course's instructor adds to a question. */
  readonly instructor: readonly string[];
  /** Lines some authors end a question with, and a discussion. */
  readonly askingClosers: readonly string[];
  readonly talkingClosers: readonly string[];
}

export function question(
  tags: string,
  titles: readonly string[],
  bodies: readonly string[],
  replies: readonly string[],
  cases: readonly Case[] = [{}],
): ThreadTemplate {
  return { kind: "question", tags: tags.split(" "), titles, bodies, replies, cases };
}

export function discussion(
  tags: string,
  titles: readonly string[],
  bodies: readonly string[],
  replies: readonly string[],
  cases: readonly Case[] = [{}],
): ThreadTemplate {
  return { kind: "discussion", tags: tags.split(" "), titles, bodies, replies, cases };
}

/** A table of cases as it reads best in a corpus: a header of names, then rows, cells set apart by ` ~ `. */
export function casesOf(header: string, ...rows: readonly string[]): readonly Case[] {
  const names = header.split(" ~ ");
  return rows.map((row) => Object.fromEntries(row.split(" ~ ").map((cell, column) => [names[column] ?? "", cell])));
}
