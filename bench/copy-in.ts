import type pg from "pg";
import type { Connection, Submittable } from "pg";

/** Runs `COPY … FROM STDIN` with text that is ready, by the protocol itself: PostgreSQL's own way to take in rows. */
export function copyIn(client: pg.Client, command: string, chunks: readonly Buffer[]): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query(new CopyIn(command, chunks, resolve, reject));
  });
}

/** The messages of a connection that a COPY uses; `@types/pg` does not tell of them. */
interface CopyConnection extends Connection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** What pg asks of a query object, as far as a COPY comes across it. */
class CopyIn implements Submittable {
  readonly #command: string;
  readonly #chunks: readonly Buffer[];
  readonly #resolve: () => void;
  readonly #reject: (error: Error) => void;
  #failed = false;

  constructor(command: string, chunks: readonly Buffer[], resolve: () => void, reject: (error: Error) => void) {
    this.#command = command;
    this.#chunks = chunks;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  submit(connection: Connection): void {
    connection.query(this.#command);
  }

  handleCopyInResponse(connection: CopyConnection): void {
    for (const chunk of this.#chunks) connection.sendCopyFromChunk(chunk);
    connection.endCopyFrom();
  }

  handleCommandComplete(): void {}

  handleError(error: Error): void {
    this.#failed = true;
    this.#reject(error);
  }

  handleReadyForQuery(): void {
    if (!this.#failed) this.#resolve();
  }
}
