import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ingestEvents } from "../../src/events/ingest-actions.ts";
import { rebuildRollups } from "../../src/events/rollup-actions.ts";
import { moveMember } from "../../src/identity/time-zone-actions.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { addMs, HOUR_MS, type Instant } from "../../src/kernel/instant.ts";
import { useDatabase } from "../support/test-database.ts";
import { aCommunity, anEvent, memberDays, NOW, rollUpAll, someMembers } from "./signals-builders.ts";

const database = useDatabase();

const happen = (communityId: Id, memberId: Id, occurredAt: Instant) =>
  database.tx(communityId, (tx) => ingestEvents(tx, [anEvent({ memberId, kind: "login", occurredAt })]));
const move = (communityId: Id, memberId: Id, zone: string, now: Instant) =>
  database.tx(communityId, (tx) => moveMember(tx, memberId, zone, now));

async function rebuilt(communityId: Id) {
  await database.tx(communityId, (tx) => rebuildRollups(tx, NOW, { batch: 3 }));
  await rollUpAll(database, communityId);
  return memberDays(database, communityId);
}

describe("a roll-up of members who move", () => {
  it("is the same when it is redone after a move, and puts late events where the member was", async () => {
    const communityId = await aCommunity(database);
    const [memberId] = await someMembers(database, communityId, 1, "Asia/Shanghai");
    // In Shanghai it is the evening of the 2nd, and a quarter to eight in the morning of the 3rd.
    const [evening, morning] = [new Date("2026-03-02T12:00:00Z"), new Date("2026-03-02T23:45:00Z")];
    await happen(communityId, memberId!, evening);
    await rollUpAll(database, communityId);
    await move(communityId, memberId!, "America/New_York", evening);
    // The move counts from Shanghai's midnight, 16:00 UTC: in New York it is the 2nd for another thirteen hours.
    await happen(communityId, memberId!, morning);
    await happen(communityId, memberId!, addMs(evening, -HOUR_MS * 19));
    await rollUpAll(database, communityId);
    const followed = await memberDays(database, communityId);
    expect(followed.map(({ day, count }) => [day, count])).toEqual([["2026-03-02", 3]]);
    await move(communityId, memberId!, "Pacific/Kiritimati", addMs(morning, 24 * HOUR_MS));
    expect(await rebuilt(communityId)).toEqual(followed);
  });

  it("is the same after any travels", async () => {
    const zone = fc.constantFrom("Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC", "America/New_York");
    const step = fc.record({
      act: fc.constantFrom("move" as const, "happen" as const, "happen" as const, "roll up" as const),
      zone,
      hours: fc.integer({ min: 0, max: 20 }),
      hoursLate: fc.integer({ min: 0, max: 60 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 18 }), async (history) => {
        const communityId = await aCommunity(database);
        const [memberId] = await someMembers(database, communityId, 1, "Asia/Shanghai");
        // Two days before clocks in New York go forward.
        let now = new Date("2026-03-06T12:00:00Z");
        for (const { act, zone: next, hours, hoursLate } of history) {
          now = addMs(now, hours * HOUR_MS);
          if (act === "move") await move(communityId, memberId!, next, now);
          else if (act === "happen") await happen(communityId, memberId!, addMs(now, -hoursLate * HOUR_MS));
          else await rollUpAll(database, communityId);
        }
        await rollUpAll(database, communityId);
        const followed = await memberDays(database, communityId);
        expect(await rebuilt(communityId)).toEqual(followed);
      }),
      { numRuns: 20, seed: 20_260_306 },
    );
  });
});
