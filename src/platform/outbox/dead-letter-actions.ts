import { and, asc, eq, isNull, sql as raw } from "drizzle-orm";
import type { NodePgDatabase } from "drizzle-orm/node-postgres";
import { deadLetters } from "../../../drizzle/tables/platform.ts";
import { type Id, newId } from "../../kernel/ids.ts";
import type { Instant } from "../../kernel/instant.ts";

export type DeadLetter = typeof deadLetters.$inferSelect;

export interface NewDeadLetter {
  readonly communityId: Id | null;
  /** Which part of the product could not go on, such as `domain-events` or `events`. */
  readonly source: string;
  /** What it was about: a message id, a file and line. */
  readonly reference: string;
  readonly payload: unknown;
  /** What went wrong, without parameters of SQL or personal data. */
  readonly error: string;
}

/** Keeps what could not be carried out, whole, so that it can be mended and replayed. */
export async function buryLetter(sql: NodePgDatabase, letter: NewDeadLetter, now: Instant): Promise<Id> {
  const id = newId(now);
  await sql.insert(deadLetters).values({ id, ...letter, error: letter.error.slice(0, 2_000), failedAt: now });
  return id;
}

export interface LetterFilter {
  readonly source?: string;
  readonly limit: number;
  /** Only those that come later than this one. */
  readonly after?: Pick<DeadLetter, "failedAt" | "id">;
}

/** Letters not yet replayed, oldest first. */
export async function openLetters(sql: NodePgDatabase, { source, limit, after }: LetterFilter): Promise<DeadLetter[]> {
  const { failedAt, id } = deadLetters;
  return sql
    .select()
    .from(deadLetters)
    .where(
      and(
        isNull(deadLetters.replayedAt),
        source === undefined ? undefined : eq(deadLetters.source, source),
        after === undefined ? undefined : raw`(${failedAt}, ${id}) > (${after.failedAt.toISOString()}, ${after.id})`,
      ),
    )
    .orderBy(asc(failedAt), asc(id))
    .limit(limit);
}

/**
 * Marks a letter as replayed. Call it first in the transaction that carries the letter out: of two that replay it at once the later
 * one waits for the earlier and is told that there is nothing left to do.
 *
 * @returns whether the letter was still open.
 */
export async function settleLetter(sql: NodePgDatabase, id: Id, now: Instant): Promise<boolean> {
  const settled = await sql
    .update(deadLetters)
    .set({ replayedAt: now })
    .where(and(eq(deadLetters.id, id), isNull(deadLetters.replayedAt)))
    .returning({ id: deadLetters.id });
  return settled.length > 0;
}
