import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import pg from "pg";
import { assert } from "../../kernel/assert.ts";
import { type Id, isId } from "../../kernel/ids.ts";
import { withStartupSettings } from "./connection-url.ts";

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
  /** Connections for communities' work; work of no community has up to a quarter as many beside them. */
  readonly poolSize: number;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  /** Milliseconds after which a statement is cancelled; 0 for none. */
  readonly statementTimeoutMs?: number;
}

/** Whoever waits this long for a connection is told so: a hung server must not hang every request with it. */
const CONNECTION_WAIT_MS_MAX = 30_000;

/**
 * The connections of one process. It is not a {@link Tx}, so an action that is handed the database instead of a transaction
 * does not compile. Every connection takes the role `rekindle_app`, which row-level security binds. Connections of no community
 * are a pool apart: none of them was ever opened for one, so they see no tenant's rows, and who authenticates does not wait for
 * those who write.
 */
export class Database {
  /** Of no community, for libraries that bring their own SQL. */
  readonly pool: pg.Pool;
  /** Drizzle over {@link pool}, one statement a connection. */
  readonly system: NodePgDatabase;
  readonly #tenants: pg.Pool;
  readonly #connection: pg.ClientConfig;
  /** The community a pooled connection was last opened for: setting it again costs a round trip. */
  readonly #openedFor = new WeakMap<pg.PoolClient, Id>();

  constructor(options: DatabaseOptions) {
    const { url, poolSize, applicationName, statementTimeoutMs = 0 } = options;
    this.#connection = {
      connectionString: withStartupSettings(url, {
        role: "rekindle_app",
        statement_timeout: statementTimeoutMs,
        timezone: "UTC",
      }),
      application_name: applicationName,
      connectionTimeoutMillis: CONNECTION_WAIT_MS_MAX,
      keepAlive: true,
    };
    this.#tenants = createPool(this.#connection, poolSize);
    this.pool = createPool(this.#connection, Math.max(2, Math.ceil(poolSize / 4)));
    this.system = drizzle(this.pool, { casing: "snake_case" });
  }

  /** Runs `read` on a connection that sees `communityId`, without a transaction: each statement sees its own snapshot. */
  async read<T>(communityId: Id, read: (reader: Reader) => Promise<T>): Promise<T> {
    assert(isId(communityId), "a read is opened for a community id");
    return borrow(this.#tenants, async (client) => {
      if (this.#openedFor.get(client) !== communityId) {
        this.#openedFor.delete(client);
        await client.query({
          name: "open_community",
          text: "select set_config('rekindle.community_id', $1, false)",
          values: [communityId],
        });
        this.#openedFor.set(client, communityId);
      }
      return read(readerOf(client, communityId));
    });
  }

  /** Runs `act` in a transaction of `communityId`: commits when it resolves, rolls back when it throws. */
  async transaction<T>(communityId: Id, act: (tx: Tx) => Promise<T>): Promise<T> {
    assert(isId(communityId), "a transaction is opened for a community id");
    // One round trip; the id was checked above, and `set local` takes no parameters.
    const begin = `begin; set local rekindle.community_id = '${communityId}'`;
    return borrow(this.#tenants, (client) => transact(client, begin, () => act(readerOf(client, communityId) as Tx)));
  }

  /** Runs `act` in a transaction of no community: it sees the tables that are not tenants' (outbox, runs, communities). */
  async systemTransaction<T>(act: (sql: NodePgDatabase, client: pg.PoolClient) => Promise<T>): Promise<T> {
    return borrow(this.pool, (client) =>
      transact(client, "begin", () => act(drizzle(client, { casing: "snake_case" }), client)),
    );
  }

  /**
   * Runs `act` while this process alone holds the lock `name`, or answers at once that another one does. The lock has a
   * connection of its own and dies with it, so a killed process blocks nobody, and waiting work never starves behind it.
   */
  async exclusively<T>(name: string, act: () => Promise<T>): Promise<{ held: true; result: T } | { held: false }> {
    const holder = new pg.Client(this.#connection);
    // A lock that is lost with its connection shows at the next contender; nothing can be done about it here.
    holder.on("error", () => {});
    try {
      await holder.connect();
      const text = "select pg_try_advisory_lock(hashtextextended($1, 0)) as held";
      const { rows } = await holder.query<{ held: boolean }>(text, [name]);
      return rows[0]?.held === true ? { held: true, result: await act() } : { held: false };
    } finally {
      await holder.end().catch(() => {});
    }
  }

  /** How busy the connections are, of communities and of none together. */
  get connections(): { busy: number; idle: number; waiting: number } {
    const sum = (count: (pool: pg.Pool) => number) => count(this.#tenants) + count(this.pool);
    return {
      busy: sum((pool) => pool.totalCount - pool.idleCount),
      idle: sum((pool) => pool.idleCount),
      waiting: sum((pool) => pool.waitingCount),
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.#tenants.end(), this.pool.end()]);
  }
}

function createPool(connection: pg.ClientConfig, size: number): pg.Pool {
  const pool = new pg.Pool({ ...connection, max: size });
  // A connection that breaks is replaced by the pool. Without these listeners it would end the process: the pool's hears of idle
  // ones, and each one's own of a break between two statements of whoever has borrowed it, whose next statement then fails.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

/** Runs `act` on a connection of the pool, and gives it back, or gives it up when the error says that it is gone. */
async function borrow<T>(pool: pg.Pool, act: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let lost = false;
  try {
    return await act(client);
  } catch (error) {
    lost = meansLostConnection(error);
    throw error;
  } finally {
    client.release(lost);
  }
}

async function transact<T>(client: pg.PoolClient, begin: string, act: () => Promise<T>): Promise<T> {
  await client.query(begin);
  try {
    const result = await act();
    const { command } = await client.query("commit");
    // The commit of a transaction in which a statement failed rolls back, and is no error: nothing would have been kept.
    assert(command === "COMMIT", "a transaction in which a statement failed is not carried on with");
    return result;
  } catch (error) {
    // Where this fails the connection is gone: PostgreSQL rolls back by itself, and the pool takes the connection out.
    await client.query("rollback").catch(() => {});
    throw error;
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

/** Whether the error, or what caused it, is PostgreSQL's farewell or the socket's: class 57P, class 08, or a system call's. */
function meansLostConnection(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const code = (cause as { code?: unknown }).code;
    if (typeof code === "string" && /^(57P|08|ECONN|EPIPE|ETIMEDOUT)/.test(code)) return true;
    if (/Connection terminated|not queryable/i.test(cause.message)) return true;
  }
  return false;
}
