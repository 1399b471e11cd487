import type { TestDatabase } from "./test-database.ts";

/** The columns, `table.column`, of any kind and in any table, that hold `canary` somewhere in plain text. */
export async function plainTextWith(test: TestDatabase, canary: string): Promise<string[]> {
  const columns = await test.rows<{ table: string; column: string }>(`
    select format('%I.%I', table_schema, table_name) as table, format('%I', column_name) as column
    from information_schema.columns join information_schema.tables using (table_schema, table_name)
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`);
  const found: string[] = [];
  for (const { table, column } of columns) {
    const rows = await test.rows(`select 1 from ${table} where position($1 in ${column}::text) > 0 limit 1`, [canary]);
    if (rows.length > 0) found.push(`${table}.${column}`);
  }
  return found;
}
