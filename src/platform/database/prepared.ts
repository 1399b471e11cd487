import type pg from "pg";

/**
 * A statement that PostgreSQL plans once a connection: for paths measured to be hot. LIMIT belongs in the text, never in a
 * parameter, since a bound LIMIT is planned anew at every call.
 */
export function prepared<Row extends pg.QueryResultRow>(name: string, text: string) {
  return async (on: { readonly client: pg.PoolClient }, values: readonly unknown[]): Promise<Row[]> => {
    const result = await on.client.query<Row>({ name, text, values: values as unknown[] });
    return result.rows;
  };
}
