import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { zoneAt } from "../../drizzle/tables/member-zones.ts";
import { updateMember } from "../../src/identity/member-actions.ts";
import { memberById } from "../../src/identity/member-queries.ts";
import { dayIn } from "../../src/kernel/calendar.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { addMs, HOUR_MS, type Instant, MINUTE_MS } from "../../src/kernel/instant.ts";
import { useDatabase } from "../support/test-database.ts";
import { anEmptyCommunity, aViewer } from "../support/value-builders.ts";

const NOW = new Date("2026-03-01T08:00:00Z");
const test = useDatabase();
let communityId: Id;
beforeAll(async () => {
  communityId = await anEmptyCommunity(test, NOW);
});

const aMember = async (timeZone: string) => (await aViewer(test, communityId, NOW, { timeZone })).memberId;
const move = (memberId: Id, timeZone: string, now: Instant) =>
  test.tx(communityId, (tx) => updateMember(tx, memberId, { timeZone }, now));
async function zoneOf(memberId: Id, instant: Instant): Promise<string> {
  const rows = await test.rows<{ zone: string }>(
    `select ${zoneAt("m", "$2::timestamptz")} as zone from members m where id = $1`,
    [memberId, instant],
  );
  return rows[0]!.zone;
}

describe("moving to another time zone", () => {
  it.each([
    ["on any day", "Asia/Shanghai", "2026-03-01T08:00:00Z", "2026-03-01T16:00:00Z"],
    ["on a day of 23 hours", "America/New_York", "2026-03-08T06:00:00Z", "2026-03-09T04:00:00Z"],
    ["on a day of 25 hours", "America/New_York", "2026-11-01T05:00:00Z", "2026-11-02T05:00:00Z"],
    ["a quarter of an hour before the day ends", "Asia/Shanghai", "2026-03-01T15:44:59Z", "2026-03-01T16:00:00Z"],
    ["later than that", "Asia/Shanghai", "2026-03-01T15:45:00Z", "2026-03-02T16:00:00Z"],
  ])("counts from the end of the day that has begun: %s", async (_when, from, now, until) => {
    const memberId = await aMember(from);
    await move(memberId, "Pacific/Kiritimati", new Date(now));
    expect(await zoneOf(memberId, addMs(new Date(until), -1))).toBe(from);
    expect(await zoneOf(memberId, new Date(until))).toBe("Pacific/Kiritimati");
    // Quiet hours and what is shown follow at once.
    const member = await test.read(communityId, (reader) => memberById(reader, memberId));
    expect(member?.timeZone).toBe("Pacific/Kiritimati");
  });

  it("remembers one move a day, however often the member thinks again", async () => {
    const memberId = await aMember("Asia/Shanghai");
    for (const zone of ["Pacific/Pago_Pago", "UTC", "Asia/Shanghai", "Europe/Berlin"]) await move(memberId, zone, NOW);
    const past = await test.rows("select time_zone from past_time_zones where member_id = $1", [memberId]);
    expect(past).toEqual([{ time_zone: "Asia/Shanghai" }]);
    expect(await zoneOf(memberId, addMs(NOW, 48 * HOUR_MS))).toBe("Europe/Berlin");
  });

  it("is one move when ten arrive at once, and none when its transaction fails", async () => {
    const memberId = await aMember("Asia/Shanghai");
    const died = test.tx(communityId, async (tx) => {
      await updateMember(tx, memberId, { timeZone: "UTC" }, NOW);
      throw new Error("killed before its commit");
    });
    await expect(died).rejects.toThrow("killed");
    expect(await test.rows("select from past_time_zones where member_id = $1", [memberId])).toEqual([]);
    const zones = ["Pacific/Pago_Pago", "Pacific/Kiritimati", "UTC", "America/New_York", "Asia/Tokyo"];
    await Promise.all([...zones, ...zones].map((zone) => move(memberId, zone, NOW)));
    const past = await test.rows("select time_zone from past_time_zones where member_id = $1", [memberId]);
    expect(past).toEqual([{ time_zone: "Asia/Shanghai" }]);
    expect(await zoneOf(memberId, addMs(NOW, 7 * HOUR_MS))).toBe("Asia/Shanghai");
  });

  it("never changes the zone of an instant that has come, whatever moves follow", async () => {
    const zone = fc.constantFrom("Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC", "America/New_York", "Asia/Shanghai");
    const steps = fc.array(fc.record({ zone, minutes: fc.integer({ min: 1, max: 30 * 60 }) }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(zone, steps, async (home, moves) => {
        const memberId = await aMember(home);
        const seen = new Map<Instant, string>();
        let now = new Date("2026-03-06T00:00:00Z");
        for (const step of moves) {
          await move(memberId, step.zone, now);
          // Another server's clock may be ahead by minutes.
          for (const at of [now, addMs(now, 14 * MINUTE_MS)]) seen.set(at, await zoneOf(memberId, at));
          now = addMs(now, step.minutes * MINUTE_MS);
        }
        for (const [at, was] of seen) expect(dayIn(await zoneOf(memberId, at), at)).toBe(dayIn(was, at));
      }),
      { seed: 7, numRuns: 25 },
    );
  });
});
