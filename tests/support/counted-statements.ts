import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import type pg from "pg";
import type { Id } from "../../src/kernel/ids.ts";
import { Database, type Reader } from "../../src/platform/database/database.ts";

/** A reader whose every statement, Drizzle's too, is counted by `onStatement`. */
export function countedReader(reader: Reader, onStatement: () => void): Reader {
  const client = new Proxy(reader.client, {
    get(target, property) {
      if (property === "query") onStatement();
      const value: unknown = Reflect.get(target, property);
      return typeof value === "function" ? value.bind(target) : value;
    },
  }) as pg.PoolClient;
  const sql = drizzle(client, { casing: "snake_case" }) as NodePgDatabase;
  return { client, communityId: reader.communityId, sql };
}

/** A database that counts the statements of its reads. */
export class CountingDatabase extends Database {
  statements = 0;

  override read<T>(communityId: Id, read: (reader: Reader) => Promise<T>): Promise<T> {
    return super.read(communityId, (reader) =>
      read(
        countedReader(reader, () => {
          this.statements += 1;
        }),
      ),
    );
  }
}
