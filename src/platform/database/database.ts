import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import pg from "pg";
import { assert } from "../../kernel/assert.ts";
import { type Id, isId } from "../../kernel/ids.ts";

/** What queries need: SQL on a connection that sees one community. A {@link Tx} is one too. */
export interface Reader {
  /** Drizzle, for everything that is not measured to be hot. */
  readonly sql: NodePgDatabase;
  /** The connection itself, for prepared statements; see {@link ./prepared.ts}. */
  readonly client: pg.PoolClient;
  readonly communityId: Id;
}

declare const inTransaction: unique symbol;

/** An open transaction of one community. Actions take it first; only resolvers, routes, stages and commands open one. */
export interface Tx extends Reader {
  readonly [inTransaction]: true;
}

export interface DatabaseOptions {
  readonly url: string;
  readonly poolSize: number;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  /** Milliseconds after which a statement is cancelled; 0 for none. */
  readonly statementTimeoutMs?: number;
}

/**
 * The connections of one process. It is not a {@link Tx}, so an action that is handed the database instead of a transaction
 * does not compile. Every connection takes the role `rekindle_app`, which row-level security binds.
 */
export class Database {
  readonly pool: pg.Pool;
  /** The community a pooled connection was last opened for: setting it again costs a round trip. */
  readonly #openedFor = new WeakMap<pg.PoolClient, Id>();

  constructor(options: DatabaseOptions) {
    this.pool = new pg.Pool({
      connectionString: options.url,
      max: options.poolSize,
      application_name: options.applicationName,
      options: `-c role=rekindle_app -c statement_timeout=${options.statementTimeoutMs ?? 0} -c timezone=UTC`,
    });
    // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
    this.pool.on("error", () => {});
  }

  /** Runs `read` on a connection that sees `communityId`, without a transaction: each statement sees its own snapshot. */
  async read<T>(communityId: Id, read: (reader: Reader) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    let failure: Error | undefined;
    try {
      if (this.#openedFor.get(client) !== communityId) {
        await client.query({
          name: "open_community",
          text: "select set_config('rekindle.community_id', $1, false)",
          values: [communityId],
        });
        this.#openedFor.set(client, communityId);
      }
      return await read(readerOf(client, communityId));
    } catch (error) {
      failure = connectionFailure(error);
      throw error;
    } finally {
      client.release(failure);
    }
  }

  /** Runs `act` in a transaction of `communityId`: commits when it resolves, rolls back when it throws. */
  async transaction<T>(communityId: Id, act: (tx: Tx) => Promise<T>): Promise<T> {
    assert(isId(communityId), "a transaction is opened for a community id");
    const client = await this.pool.connect();
    let failure: Error | undefined;
    try {
      // One round trip; the id was checked above, and `set local` takes no parameters.
      await client.query(`begin; set local rekindle.community_id = '${communityId}'`);
      try {
        const result = await act(readerOf(client, communityId) as Tx);
        await client.query("commit");
        return result;
      } catch (error) {
        await client.query("rollback").catch((lost: Error) => {
          failure = lost;
        });
        throw error;
      }
    } catch (error) {
      failure ??= connectionFailure(error);
      throw error;
    } finally {
      client.release(failure);
    }
  }

  /** Runs `act` in a transaction of no community: it sees the tables that are not tenants' (outbox, runs, communities). */
  async systemTransaction<T>(act: (sql: NodePgDatabase, client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    let failure: Error | undefined;
    try {
      await client.query("begin");
      const result = await act(drizzle(client, { casing: "snake_case" }), client);
      await client.query("commit");
      return result;
    } catch (error) {
      failure = connectionFailure(error);
      await client.query("rollback").catch((lost: Error) => {
        failure = lost;
      });
      throw error;
    } finally {
      client.release(failure);
    }
  }

  /** Drizzle over the pool, one statement a connection, of no community. */
  get system(): NodePgDatabase {
    return drizzle(this.pool, { casing: "snake_case" });
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}

/** Drizzle is made when first asked for: the hot paths use the connection only. */
function readerOf(client: pg.PoolClient, communityId: Id): Reader {
  let sql: NodePgDatabase | undefined;
  return {
    client,
    communityId,
    get sql() {
      sql ??= drizzle(client, { casing: "snake_case" }) as NodePgDatabase;
      return sql;
    },
  };
}

/** The error when it means that the connection is gone (class 57, 08, or no SQLSTATE at all from the socket). */
function connectionFailure(error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = (error as { code?: unknown }).code;
  if (typeof code !== "string") return /Connection terminated|not queryable/i.test(error.message) ? error : undefined;
  return /^(57P|08|ECONN|EPIPE|ENOTFOUND|ETIMEDOUT)/.test(code) ? error : undefined;
}
