import { beforeAll, describe, expect, it } from "vitest";
import { activitiesOf, recordActivity } from "../../src/events/activity-actions.ts";
import type { DomainEvent } from "../../src/kernel/domain-events.ts";
import { type Id, newId } from "../../src/kernel/ids.ts";
import { addMs, DAY_MS } from "../../src/kernel/instant.ts";
import { type LoadedCommunity, loadSimulation } from "../../src/simulation/load-community.ts";
import { exemplaryMember } from "../../src/simulation/load-queries.ts";
import type { SimulationRecord } from "../../src/simulation/records.ts";
import { simulateCommunity } from "../../src/simulation/simulate.ts";
import { brokenInvariants } from "../support/invariants.ts";
import { useDatabase } from "../support/test-database.ts";
import { anEmptyCommunity } from "../support/value-builders.ts";
import { NOW, ofType } from "./recorded-community.ts";

const OPTIONS = { seed: 7, now: NOW, memberCount: 150, historyDays: 40 };
const LOADING = { now: NOW, issuers: ["here", "there"], toldDays: 5 };
const TABLES = ["spaces", "members", "threads", "posts", "votes", "acceptances", "events"] as const;

describe("a simulated community, loaded", () => {
  const test = useDatabase();
  const records = [...simulateCommunity(OPTIONS).records];
  let communityId: Id;
  let loaded: LoadedCommunity;

  beforeAll(async () => {
    communityId = await anEmptyCommunity(test, NOW);
    loaded = await test.tx(communityId, (tx) => loadSimulation(tx, simulateCommunity(OPTIONS), LOADING));
  });

  it("has a row for every record of the stream", async () => {
    const countOf = (type: SimulationRecord["type"]) => ofType(records, type).length;
    const stored = Object.fromEntries(await Promise.all(TABLES.map(async (table) => [table, await rowsOf(table)])));
    const { told, ...counts } = loaded.counts;
    expect(stored).toEqual(counts);
    expect(stored).toEqual({
      spaces: countOf("space"),
      members: countOf("member"),
      threads: countOf("thread"),
      posts: countOf("post") + countOf("thread"),
      votes: countOf("vote"),
      acceptances: countOf("acceptance"),
      events: countOf("activity"),
    });
    expect(await rowsOf("outbox")).toBe(told);
  });

  it("keeps every counter as the product does", async () => {
    const owner = { query: async (text: string) => ({ rowCount: (await test.rows(text)).length }) };
    expect(await brokenInvariants(owner as never)).toEqual([]);
    const [busiest] = await test.rows<{ replies: number; score: number; accepted: boolean }>(
      `select max(reply_count) as replies, bool_or(accepted_post_id is not null) as accepted,
              (select max(score) from posts) as score from threads`,
    );
    expect(busiest).toMatchObject({ accepted: true });
    expect(busiest!.replies).toBeGreaterThan(1);
    expect(busiest!.score).toBeGreaterThan(0);
  });

  it("counts each kind of activity as the stream does, for the same members", async () => {
    const expected = tally(
      ofType(records, "activity").map(({ kind, memberKey }) => `${kind} ${loaded.memberId(memberKey)}`),
    );
    const rows = await test.rows<{ kind: string; member_id: Id }>("select kind, member_id from events");
    expect(tally(rows.map(({ kind, member_id }) => `${kind} ${member_id}`))).toEqual(expected);
  });

  it("tells what happened in the last days, and what is told is recorded as activity already", async () => {
    const told = await test.rows<{ id: Id; payload: DomainEvent; occurred_at: Date }>(
      "select * from outbox order by id",
    );
    expect(told.length).toBeGreaterThan(20);
    const before = await rowsOf("events");
    for (const { id, payload, occurred_at: occurredAt } of told) {
      expect(occurredAt.getTime()).toBeGreaterThanOrEqual(NOW.getTime() - 5 * DAY_MS);
      expect(activitiesOf(payload)).not.toHaveLength(0);
      const recorded = { id, communityId, occurredAt, event: payload };
      await test.tx(communityId, (tx) => recordActivity(tx, recorded, addMs(NOW, 1)));
    }
    expect(await rowsOf("events")).toBe(before);
  });

  it("renders what people wrote, once and safely", async () => {
    const [row] = await test.rows<{ unrendered: number }>(
      "select count(*)::int as unrendered from posts where body_html !~ '^<' or body_html like '%<script%'",
    );
    expect(row).toEqual({ unrendered: 0 });
  });

  it("gives each member the names that issuers know them by", async () => {
    const rows = await test.rows(
      "select issuer, member_id from external_identities where subject = 'm0001' order by 1",
    );
    const memberId = loaded.memberId("m0001");
    expect(rows).toEqual(["here", "there"].map((issuer) => ({ issuer, member_id: memberId })));
  });

  it("finds a member whose page has something to show", async () => {
    const id = await test.read(communityId, (reader) => exemplaryMember(reader, NOW));
    const [row] = await test.rows("select count(*)::int > 0 as began from threads where author_id = $1", [id]);
    expect(row).toEqual({ began: true });
  });

  it("leaves nothing when it fails on the way", async () => {
    const other = newId(NOW);
    const simulation = simulateCommunity(OPTIONS);
    function* broken() {
      let read = 0;
      for (const record of simulation.records) {
        read += 1;
        if (read > 5_000) throw new Error("the lights went out");
        yield record;
      }
    }
    const failing = { ...simulation, records: { [Symbol.iterator]: broken } };
    const before = await Promise.all(TABLES.map(rowsOf));
    await expect(test.tx(other, (tx) => loadSimulation(tx, failing, LOADING))).rejects.toThrow();
    expect(await Promise.all(TABLES.map(rowsOf))).toEqual(before);
  });

  async function rowsOf(table: string): Promise<number> {
    const [row] = await test.rows<{ rows: number }>(`select count(*)::int as rows from ${table}`);
    return row!.rows;
  }
});

function tally(keys: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of keys.toSorted()) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}
