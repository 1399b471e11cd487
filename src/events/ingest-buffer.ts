import type { Id } from "../kernel/ids.ts";
import type { Database } from "../platform/database/database.ts";
import { postgresError } from "../platform/database/postgres-errors.ts";
import { type EncodedEvent, type IngestResult, ingestEncodedEvents } from "./ingest-actions.ts";

/** More is waiting than should be: an outage, told to the sender with when to try again. Nothing of its request was stored. */
export class IngestBusy extends Error {
  override readonly name = "IngestBusy";
  readonly retryAfterS = 1;
}

export interface IngestBufferOptions {
  readonly db: Database;
  /** Rows of all communities that may wait before senders are told to come back. */
  readonly rowsWaitingMax?: number;
  readonly rowsPerCommit?: number;
  /** Commits of one community that may be under way at once. */
  readonly commitsAtOnce?: number;
}

interface Waiting {
  readonly events: readonly EncodedEvent[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Line {
  readonly waiting: Waiting[];
  committing: number;
}

/**
 * Lets many requests share one commit. While commits are under way requests wait; the next commit takes as many of them as fit. So a
 * lone request is not delayed, and under load the batches grow by themselves. A request is answered once its rows are durable.
 */
export class IngestBuffer {
  readonly #db: Database;
  readonly #rowsWaitingMax: number;
  readonly #rowsPerCommit: number;
  readonly #commitsAtOnce: number;
  readonly #lines = new Map<Id, Line>();
  #rowsWaiting = 0;

  constructor(options: IngestBufferOptions) {
    this.#db = options.db;
    this.#rowsWaitingMax = options.rowsWaitingMax ?? 20_000;
    this.#rowsPerCommit = options.rowsPerCommit ?? 2_000;
    this.#commitsAtOnce = options.commitsAtOnce ?? 3;
  }

  /**
   * Stores the events of one request; resolves when they are durable.
   * @throws IngestBusy when too much is waiting.
   */
  submit(communityId: Id, events: readonly EncodedEvent[]): Promise<void> {
    if (events.length === 0) return Promise.resolve();
    if (this.#rowsWaiting > 0 && this.#rowsWaiting + events.length > this.#rowsWaitingMax) {
      return Promise.reject(new IngestBusy("the event buffer is full"));
    }
    this.#rowsWaiting += events.length;
    return new Promise((resolve, reject) => {
      const line = this.#lineOf(communityId);
      line.waiting.push({ events, resolve, reject });
      this.#commitMore(communityId, line);
    });
  }

  #lineOf(communityId: Id): Line {
    let line = this.#lines.get(communityId);
    if (line === undefined) {
      line = { waiting: [], committing: 0 };
      this.#lines.set(communityId, line);
    }
    return line;
  }

  #commitMore(communityId: Id, line: Line): void {
    while (line.waiting.length > 0 && line.committing < this.#commitsAtOnce) {
      const batch = this.#takeBatch(line);
      line.committing += 1;
      void this.#commit(communityId, batch).then((answer) => {
        line.committing -= 1;
        this.#rowsWaiting -= rowsOf(batch);
        if (line.waiting.length === 0 && line.committing === 0) this.#lines.delete(communityId);
        else this.#commitMore(communityId, line);
        answer();
      });
    }
  }

  /** At least one request, and as many more as fit into a commit. */
  #takeBatch(line: Line): Waiting[] {
    let taken = 0;
    let rows = 0;
    for (const request of line.waiting) {
      if (taken > 0 && rows + request.events.length > this.#rowsPerCommit) break;
      taken += 1;
      rows += request.events.length;
    }
    return line.waiting.splice(0, taken);
  }

  /** Stores a batch; returns how to answer its requests. Never rejects. */
  async #commit(communityId: Id, batch: readonly Waiting[]): Promise<() => void> {
    try {
      const events = batch.flatMap((request) => request.events);
      await this.#store(communityId, events);
      return () => {
        for (const request of batch) request.resolve();
      };
    } catch (error) {
      if (batch.length > 1 && isOfData(error)) {
        // One request's rows must not fail the others that share its commit.
        const answers: (() => void)[] = [];
        for (const request of batch) answers.push(await this.#commit(communityId, [request]));
        return () => {
          for (const answer of answers) answer();
        };
      }
      return () => {
        for (const request of batch) request.reject(error);
      };
    }
  }

  #store(communityId: Id, events: readonly EncodedEvent[]): Promise<IngestResult> {
    return this.#db.transaction(communityId, (tx) => ingestEncodedEvents(tx, events));
  }
}

/** Whether PostgreSQL refused a value (class 22 or 23), rather than being unreachable, full or out of time. */
function isOfData(error: unknown): boolean {
  return /^2[23]/.test(postgresError(error)?.code ?? "");
}

function rowsOf(batch: readonly Waiting[]): number {
  return batch.reduce((rows, request) => rows + request.events.length, 0);
}
