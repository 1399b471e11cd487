import { and, asc, eq, isNull } from "drizzle-orm";
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

/** Letters not yet replayed, oldest first. */
export async function openLetters(
  sql: NodePgDatabase,
  filter: { source?: string; limit: number },
): Promise<DeadLetter[]> {
  return sql
    .select()
    .from(deadLetters)
    .where(
      and(
        isNull(deadLetters.replayedAt),
        filter.source === undefined ? undefined : eq(deadLetters.source, filter.source),
      ),
    )
    .orderBy(asc(deadLetters.failedAt), asc(deadLetters.id))
    .limit(filter.limit);
}

/** Marks a letter as replayed. Call it in the transaction that carries the letter out. */
export async function settleLetter(sql: NodePgDatabase, id: Id, now: Instant): Promise<void> {
  await sql.update(deadLetters).set({ replayedAt: now }).where(eq(deadLetters.id, id));
}
