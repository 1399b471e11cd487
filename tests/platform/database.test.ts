import { setTimeout as sleep } from "node:timers/promises";
import { eq, sql } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { members } from "../../drizzle/tables/identity.ts";
import { outbox } from "../../drizzle/tables/platform.ts";
import { newId } from "../../src/kernel/ids.ts";
import { Refusal } from "../../src/kernel/refusal.ts";
import { Database, type Reader } from "../../src/platform/database/database.ts";
import { postgresError } from "../../src/platform/database/postgres-errors.ts";
import { useDatabase } from "../support/test-database.ts";
import { anEmptyCommunity, aViewer } from "../support/value-builders.ts";

const NOW = new Date("2026-03-02T08:00:00.000Z");
const INSUFFICIENT_PRIVILEGE = "42501";

const test = useDatabase();

/** The SQLSTATE that `work` ends in; null when it succeeds. */
async function sqlStateOf(work: Promise<unknown>): Promise<string | null> {
  return work.then(
    () => null,
    (error) => postgresError(error)?.code ?? String(error),
  );
}

function aMemberRow(communityId: string) {
  const id = newId(NOW);
  return { communityId, id, displayName: "X", locale: "en", timeZone: "UTC", role: "member", joinedAt: NOW } as const;
}

const countMembers = async ({ client }: Pick<Reader, "client">) => {
  const { rows } = await client.query<{ count: number }>("select count(*)::int as count from members");
  return rows[0]?.count;
};

describe("row-level security", () => {
  let a: string;
  let b: string;
  beforeAll(async () => {
    a = await anEmptyCommunity(test, NOW);
    b = await anEmptyCommunity(test, NOW);
    await aViewer(test, a, NOW);
    await aViewer(test, b, NOW);
    await aViewer(test, b, NOW);
  });

  it("shows a community's rows only, whatever the SQL names", async () => {
    for (const run of [test.read, test.tx]) {
      const seen = await run(a, async ({ client }) => {
        const all = await client.query("select community_id from members");
        const named = await client.query("select 1 from members where community_id = $1", [b]);
        const joined = await client.query("select 1 from members m join members o on true where o.community_id = $1", [
          b,
        ]);
        return { all: all.rows, named: named.rowCount, joined: joined.rowCount };
      });
      expect(seen).toEqual({ all: [{ community_id: a }], named: 0, joined: 0 });
    }
  });

  it("refuses to write another community's rows, and finds none of them to change", async () => {
    const insert = test.tx(a, (tx) => tx.sql.insert(members).values(aMemberRow(b)));
    expect(await sqlStateOf(insert)).toBe(INSUFFICIENT_PRIVILEGE);
    const move = test.tx(a, (tx) => tx.sql.update(members).set({ communityId: b }).where(eq(members.communityId, a)));
    expect(await sqlStateOf(move)).toBe(INSUFFICIENT_PRIVILEGE);
    const changed = await test.tx(a, async ({ client }) => [
      (await client.query("update members set display_name = 'mine' where community_id = $1", [b])).rowCount,
      (await client.query("delete from members where community_id = $1", [b])).rowCount,
    ]);
    expect(changed).toEqual([0, 0]);
  });

  it("covers every table that has a community, but those that are read before one is known", async () => {
    const open = await test.rows<{ name: string }>(`
      select c.relname as name from pg_class c
      join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'community_id'
      where c.relkind in ('r', 'p') and not c.relrowsecurity order by 1`);
    expect(open.map((table) => table.name)).toEqual([
      "api_keys",
      "dead_letters",
      "identity_providers",
      "import_runs",
      "outbox",
      "pipeline_runs",
      "watermarks",
    ]);
  });

  it("shows no tenant's rows to work of no community, not even after a connection was opened for one", async () => {
    await Promise.all(Array.from({ length: 10 }, () => test.read(b, countMembers)));
    for (let n = 0; n < 10; n += 1) {
      expect(await test.db.system.select().from(members)).toEqual([]);
      expect(await test.db.systemTransaction((_sql, client) => countMembers({ client }))).toBe(0);
      expect(await countMembers({ client: test.db.pool as never })).toBe(0);
    }
  });

  it("holds when two communities take turns on one connection", async () => {
    const one = new Database({ url: test.url, poolSize: 1, applicationName: "rekindle-test" });
    try {
      const counts = await Promise.all(
        Array.from({ length: 40 }, (_, n) => {
          const community = n % 3 === 0 ? a : b;
          const expected = community === a ? 1 : 2;
          const counted =
            n % 2 === 0 ? one.read(community, countMembers) : one.transaction(community, (tx) => countMembers(tx));
          return counted.then((count) => count === expected);
        }),
      );
      expect(counts.every(Boolean)).toBe(true);
    } finally {
      await one.close();
    }
  });

  it("binds a connection whose address brings start-up options of its own", async () => {
    const address = `${test.url}?options=-c%20work_mem%3D8MB`;
    const db = new Database({ url: address, poolSize: 1, applicationName: "rekindle-test" });
    try {
      const { rows } = await db.read(a, ({ client }) =>
        client.query("select current_user, current_setting('work_mem') as memory, count(*)::int from members"),
      );
      expect(rows).toEqual([{ current_user: "rekindle_app", memory: "8MB", count: 1 }]);
    } finally {
      await db.close();
    }
  });

  it("is not opened for what is no community id", async () => {
    await expect(test.read("'; reset role; --", countMembers)).rejects.toThrow(/Invariant/);
    await expect(test.tx("'; reset role; --", countMembers)).rejects.toThrow(/Invariant/);
  });
});

describe("append-only tables", () => {
  it.each(["ledger_entries", "ledger_lines", "moderation_actions"])(
    "%s cannot be changed, deleted from or emptied",
    async (table) => {
      const community = await anEmptyCommunity(test, NOW);
      for (const statement of [
        `update ${table} set community_id = community_id`,
        `delete from ${table}`,
        `truncate ${table}`,
      ]) {
        const attempt = test.tx(community, ({ client }) => client.query(statement));
        expect(await sqlStateOf(attempt), statement).toBe(INSUFFICIENT_PRIVILEGE);
      }
    },
  );

  it("the application's role owns nothing, inherits nothing and cannot leave its walls", async () => {
    const [role] = await test.rows(
      "select rolsuper, rolbypassrls, rolcreaterole, rolcanlogin from pg_roles where rolname = 'rekindle_app'",
    );
    expect(role).toEqual({ rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcanlogin: false });
    const owned = await test.rows("select 1 from pg_class where pg_get_userbyid(relowner) = 'rekindle_app'");
    expect(owned).toEqual([]);
    const community = await anEmptyCommunity(test, NOW);
    const off = test.tx(community, ({ client }) => client.query("alter table members disable row level security"));
    expect(await sqlStateOf(off)).toBe(INSUFFICIENT_PRIVILEGE);
  });
});

describe("a transaction", () => {
  it("rolls everything back when it throws, a refusal too", async () => {
    const community = await anEmptyCommunity(test, NOW);
    const row = aMemberRow(community);
    const attempt = test.tx(community, async (tx) => {
      await tx.sql.insert(members).values(row);
      await tx.sql
        .insert(outbox)
        .values({ id: newId(NOW), communityId: community, payload: { type: "x" }, occurredAt: NOW });
      throw new Refusal("not-allowed", { what: "do this" });
    });
    await expect(attempt).rejects.toThrow(Refusal);
    expect(await test.rows("select 1 from members where id = $1", [row.id])).toEqual([]);
    expect(await test.rows("select 1 from outbox where community_id = $1", [community])).toEqual([]);
  });

  it("is no success when a statement in it failed, though its error was caught", async () => {
    const community = await anEmptyCommunity(test, NOW);
    const row = aMemberRow(community);
    const attempt = test.tx(community, async (tx) => {
      await tx.sql.insert(members).values(row);
      await tx.client.query("select 1 / 0").catch(() => {});
      return "done";
    });
    await expect(attempt).rejects.toThrow(/a statement failed/);
    expect(await test.rows("select 1 from members where id = $1", [row.id])).toEqual([]);
    expect(await test.read(community, countMembers)).toBe(0);
  });

  it("leaves its connection fit for the next", async () => {
    const one = new Database({ url: test.url, poolSize: 1, applicationName: "rekindle-test" });
    try {
      const community = await anEmptyCommunity(test, NOW);
      for (let n = 0; n < 5; n += 1) {
        await one.transaction(community, (tx) => tx.sql.execute(sql`select 1 / 0`)).catch(() => {});
        expect(await one.read(community, countMembers)).toBe(0);
      }
    } finally {
      await one.close();
    }
  });
});

describe("connections", () => {
  const pid = async ({ client }: Pick<Reader, "client">) =>
    (await client.query<{ pid: number }>("select pg_backend_pid() as pid")).rows[0]!.pid;
  const terminate = (backend: number) => test.rows("select pg_terminate_backend($1)", [backend]);

  it("that break are replaced: idle ones, in mid-statement, and between two statements", async () => {
    const community = await anEmptyCommunity(test, NOW);
    const one = new Database({ url: test.url, poolSize: 1, applicationName: "rekindle-test" });
    try {
      await terminate(await one.read(community, pid));
      await sleep(50);
      expect(await one.read(community, countMembers)).toBe(0);

      const asleep = one.transaction(community, async (tx) => {
        const backend = await pid(tx);
        setTimeout(() => terminate(backend), 50);
        await tx.client.query("select pg_sleep(10)");
      });
      await expect(asleep).rejects.toThrow();
      expect(await one.read(community, countMembers)).toBe(0);

      const idle = one.transaction(community, async (tx) => {
        await tx.sql.insert(members).values(aMemberRow(community));
        await terminate(await pid(tx));
        await sleep(50);
        return tx.client.query("select 1");
      });
      await expect(idle).rejects.toThrow();
      expect(await one.read(community, countMembers)).toBe(0);
    } finally {
      await one.close();
    }
  });

  it("time out their statements when told to", async () => {
    const db = new Database({
      url: test.url,
      poolSize: 1,
      applicationName: "rekindle-test",
      statementTimeoutMs: 100,
    });
    const community = await anEmptyCommunity(test, NOW);
    expect(await sqlStateOf(db.read(community, ({ client }) => client.query("select pg_sleep(5)")))).toBe("57014");
    expect(await db.read(community, countMembers)).toBe(0);
    await db.close();
  });

  it("are counted, those of communities and those of none", async () => {
    const community = await anEmptyCommunity(test, NOW);
    const db = new Database({ url: test.url, poolSize: 2, applicationName: "rekindle-test" });
    await db.read(community, async () => {
      await db.systemTransaction(async () => {
        expect(db.connections).toEqual({ busy: 2, idle: 0, waiting: 0 });
      });
    });
    expect(db.connections).toEqual({ busy: 0, idle: 2, waiting: 0 });
    await db.close();
  });
});

describe("exclusively", () => {
  it("lets one holder in at a time, whichever process asks, and the next when it is done", async () => {
    const other = new Database({ url: test.url, poolSize: 1, applicationName: "rekindle-test" });
    const outcome = await test.db.exclusively("the lock", async () => {
      expect(await other.exclusively("the lock", async () => "twice")).toEqual({ held: false });
      expect(await other.exclusively("another lock", async () => "beside")).toEqual({ held: true, result: "beside" });
      return "once";
    });
    expect(outcome).toEqual({ held: true, result: "once" });
    await expect(
      test.db.exclusively("the lock", async () => {
        throw new Error("failed");
      }),
    ).rejects.toThrow("failed");
    expect(await other.exclusively("the lock", async () => "next")).toEqual({ held: true, result: "next" });
    await other.close();
  });

  it("waits for no pooled connection, however many hold locks and work under them", async () => {
    const community = await anEmptyCommunity(test, NOW);
    const one = new Database({ url: test.url, poolSize: 1, applicationName: "rekindle-test" });
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        one.exclusively(`lock ${n}`, () =>
          one.transaction(community, async (tx) => {
            await one.system.execute(sql`select 1`);
            return countMembers(tx);
          }),
        ),
      ),
    );
    expect(outcomes).toEqual(Array(8).fill({ held: true, result: 0 }));
    await one.close();
  });

  it("lets go when its connection breaks", async () => {
    await test.db.exclusively("fragile", async () => {
      await test.rows(`
        select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'
          and database = (select oid from pg_database where datname = current_database())`);
      await sleep(50);
      expect(await test.db.exclusively("fragile", async () => 1)).toEqual({ held: true, result: 1 });
    });
  });
});
