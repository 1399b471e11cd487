import type { Locale } from "../drizzle/tables/identity.ts";
import type { Day } from "../src/kernel/calendar.ts";
import type { Id } from "../src/kernel/ids.ts";
import type { Clock, Instant } from "../src/kernel/instant.ts";
import type { Crypto } from "../src/platform/crypto.ts";
import type { Database } from "../src/platform/database/database.ts";
import type { Mailer } from "../src/platform/mailer.ts";

/** What every stage may use. */
export interface StageServices {
  readonly db: Database;
  readonly crypto: Crypto;
  readonly mailer: Mailer;
}

/** One run of a stage for one community. */
export interface StageRun extends StageServices {
  readonly communityId: Id;
  /** The day the run stands for, in the community's zone: what is later is not seen. */
  readonly asOf: Day;
  /** The moment the run acts at: the clock's, or the end of a past `asOf`. */
  readonly now: Instant;
  /** What time it is, for what a live run does after minutes; a past day stands still at `now`. */
  readonly clock: Clock;
  /** False when a past day is run again. */
  readonly live: boolean;
  readonly onProgress: (done: number, total: number | null) => void;
}

export interface StageResult {
  /** How many rows the run wrote or settled. */
  readonly rows: number;
  /** One sentence for people, such as "too little data: 12 members, 100 needed". */
  readonly summary?: string;
}

export interface StageDefinition {
  readonly reads: string;
  readonly writes: string;
  /** Derived stages can be redone with the same result; effect stages act once under a unique key. */
  readonly kind: "derived" | "effect";
  readonly everyMinutes: number;
  /** Takes minutes where there is much to do: it waits among its like, and nothing short waits for it. */
  readonly isLong?: true;
  readonly description: Readonly<Record<Locale, string>>;
  readonly run: (run: StageRun) => Promise<StageResult>;
  /** Derives again what the stage wrote: the same data give the same result. Derived stages have it, effects cannot. */
  readonly redo?: (run: StageRun) => Promise<StageResult>;
}

export interface Stage extends StageDefinition {
  readonly name: string;
}

export function stage(name: string, definition: StageDefinition): Stage {
  return { name, ...definition };
}
