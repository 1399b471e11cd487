import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ingestEvents } from "../../src/events/ingest-actions.ts";
import { rebuildRollups, rollUpEvents } from "../../src/events/rollup-actions.ts";
import type { EventKind } from "../../src/events/tracking-plan-catalogue.ts";
import { useDatabase } from "../support/test-database.ts";
import { aCommunity, anEvent, memberDays, NOW, rollUpAll, someMembers } from "./signals-builders.ts";

const database = useDatabase();

describe("rolling up events", () => {
  it("counts what members did by the day in their own zone", async () => {
    const communityId = await aCommunity(database);
    const [utc] = await someMembers(database, communityId, 1, "UTC");
    const [shanghai] = await someMembers(database, communityId, 1, "Asia/Shanghai");
    const [newYork] = await someMembers(database, communityId, 1, "America/New_York");
    const at = (memberId: string, time: string) => anEvent({ memberId, occurredAt: new Date(time), kind: "login" });
    await database.tx(communityId, (tx) =>
      ingestEvents(tx, [
        at(utc!, "2026-01-31T23:30:00Z"),
        at(utc!, "2026-01-31T00:30:00Z"),
        at(shanghai!, "2026-01-31T23:30:00Z"),
        // The hour that daylight saving skips, and either side of it.
        at(newYork!, "2026-03-08T04:59:00Z"),
        at(newYork!, "2026-03-08T07:30:00Z"),
        at(newYork!, "2026-03-09T03:30:00Z"),
      ]),
    );
    await rollUpAll(database, communityId);
    const rows = await memberDays(database, communityId);
    const of = (memberId: string) =>
      rows.filter((row) => row.member_id === memberId).map((row) => [row.day, row.count]);
    expect(of(utc!)).toEqual([["2026-01-31", 2]]);
    expect(of(shanghai!)).toEqual([["2026-02-01", 1]]);
    expect(of(newYork!)).toEqual([
      ["2026-03-07", 1],
      ["2026-03-08", 2],
    ]);
  });

  it("reads an event once, in bounded batches even where one transaction wrote them all", async () => {
    const communityId = await aCommunity(database);
    const [memberId] = await someMembers(database, communityId, 1);
    const events = Array.from({ length: 25 }, () => anEvent({ memberId: memberId!, kind: "login" }));
    await database.tx(communityId, (tx) => ingestEvents(tx, events));
    expect(await rollUpAll(database, communityId, 10)).toBe(25);
    expect(await rollUpAll(database, communityId, 10)).toBe(0);
    expect((await memberDays(database, communityId)).map((row) => row.count)).toEqual([25]);
  });

  it("loses nothing to a writer that commits after later ones were read", async () => {
    const communityId = await aCommunity(database);
    const [memberId] = await someMembers(database, communityId, 1);
    const write = (kind: EventKind) =>
      database.tx(communityId, (tx) => ingestEvents(tx, [anEvent({ memberId: memberId!, kind })]));

    await database.tx(communityId, async (slow) => {
      await ingestEvents(slow, [anEvent({ memberId: memberId!, kind: "lesson.started" })]);
      await write("login");
      // The later event waits, and the roll-up says that something does.
      const read = await database.tx(communityId, (tx) => rollUpEvents(tx, NOW));
      expect(read).toEqual({ rows: 0, more: false, heldBack: true });
    });
    await rollUpAll(database, communityId);
    expect((await memberDays(database, communityId)).map((row) => row.kind)).toEqual(["lesson.started", "login"]);
  });

  it("counts once when several run at the same time, and not at all when its transaction fails", async () => {
    const communityId = await aCommunity(database);
    const [memberId] = await someMembers(database, communityId, 1);
    const events = Array.from({ length: 40 }, () => anEvent({ memberId: memberId!, kind: "login" }));
    for (const event of events) await database.tx(communityId, (tx) => ingestEvents(tx, [event]));
    const failed = database.tx(communityId, async (tx) => {
      await rollUpEvents(tx, NOW);
      throw new Error("killed before its commit");
    });
    await expect(failed).rejects.toThrow("killed");
    await Promise.all(Array.from({ length: 6 }, () => rollUpAll(database, communityId, 7)));
    expect((await memberDays(database, communityId)).map((row) => row.count)).toEqual([40]);
  });

  it("is the same whether it followed the events or was rebuilt from them, late and unowned ones too", async () => {
    const step = fc.record({
      events: fc.array(
        fc.record({
          member: fc.nat({ max: 3 }),
          daysAgo: fc.nat({ max: 60 }),
          kind: fc.constantFrom<EventKind>("login", "answer.posted", "vote.received.up", "custom"),
        }),
        { maxLength: 12 },
      ),
      rollUp: fc.boolean(),
      batch: fc.integer({ min: 1, max: 9 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (history) => {
        const communityId = await aCommunity(database);
        const members = [...(await someMembers(database, communityId, 3, "Asia/Shanghai")), null];
        let sent = 0;
        for (const { events, rollUp, batch } of history) {
          const rows = events.map(({ member, daysAgo, kind }) =>
            anEvent({ memberId: members[member]!, kind, occurredAt: new Date(NOW.getTime() - daysAgo * 86_400_000) }),
          );
          sent += events.filter(({ member }) => member < 3).length;
          await database.tx(communityId, (tx) => ingestEvents(tx, rows));
          if (rollUp) await database.tx(communityId, (tx) => rollUpEvents(tx, NOW, { batch }));
        }
        await rollUpAll(database, communityId);
        const followed = await memberDays(database, communityId);
        await database.tx(communityId, (tx) => rebuildRollups(tx, NOW, { batch: 4 }));
        await rollUpAll(database, communityId);
        expect(await memberDays(database, communityId)).toEqual(followed);
        expect(followed.reduce((sum, row) => sum + row.count, 0)).toBe(sent);
      }),
      { numRuns: 12, seed: 20_260_302 },
    );
  });
});
