import { describe, expect, it } from "vitest";
import { useDatabase } from "../support/test-database.ts";

/** Read before a community is known, or drained across all of them; see docs/decisions/0002-tenants.md. */
const BEYOND_TENANTS = [
  "api_keys",
  "communities",
  "dead_letters",
  "identity_providers",
  "import_runs",
  "outbox",
  "pipeline_runs",
  "processed_messages",
  "rate_limits",
  "watermarks",
];

describe("tenant tables", () => {
  const test = useDatabase();

  it("are all behind row-level security, but for those that the decision names", async () => {
    const open = await test.rows<{ relname: string }>(
      `select relname from pg_class c where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
       and not (relrowsecurity and exists (select from pg_policy p where p.polrelid = c.oid)) order by relname`,
    );
    expect(open.map((row) => row.relname)).toEqual(BEYOND_TENANTS);
  });

  it("lead their primary key with the community", async () => {
    const others = await test.rows<{ relname: string }>(
      `select c.relname from pg_class c
       join pg_index i on i.indrelid = c.oid and i.indisprimary
       join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
       where c.relrowsecurity and a.attname <> 'community_id'`,
    );
    expect(others).toEqual([]);
  });

  it("carry the community in every foreign key between them", async () => {
    const others = await test.rows<{ conname: string }>(
      `select k.conname from pg_constraint k
       join pg_class c on c.oid = k.conrelid and c.relrowsecurity
       join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
       where k.contype = 'f' and a.attname <> 'community_id'`,
    );
    expect(others).toEqual([]);
  });
});
