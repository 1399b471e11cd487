import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { updateMember } from "../../src/identity/member-actions.ts";
import type { Viewer } from "../../src/identity/viewer.ts";
import { addMs, DAY_MS, HOUR_MS, type Instant } from "../../src/kernel/instant.ts";
import { NOW, useAwards } from "./award-builders.ts";

const awards = useAwards();
const { aMember, aPost, apply, pointsOf, test } = awards;

const move = (member: Viewer, timeZone: string, now: Instant) =>
  test.tx(awards.communityId, (tx) => updateMember(tx, member.memberId, { timeZone }, now));
const postAt = (member: Viewer, occurredAt: Instant) => apply({ ...aPost(member).posted, occurredAt });

/** Answers until the day's cap of five is reached for sure, all at once. */
async function postMany(member: Viewer, occurredAt: Instant): Promise<void> {
  await Promise.all([1, 2, 3, 4, 5, 6].map(() => postAt(member, occurredAt)));
}

const daysPaid = async (member: Viewer) =>
  (
    await test.rows<{ day: string; paid: number }>(
      "select day, count(*)::int as paid from ledger_entries where member_id = $1 group by day order by day",
      [member.memberId],
    )
  ).map(({ day, paid }) => [day, paid]);

describe("daily caps of a traveller", () => {
  it("pay one day at one instant, whatever zones the member names", async () => {
    const member = await aMember("UTC");
    for (const zone of ["Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"]) {
      await move(member, zone, NOW);
      await postMany(member, NOW);
    }
    expect(await pointsOf(member)).toMatchObject({ experience: 15 });
  });

  it("pay the same when the move is known only after what happened before it", async () => {
    const member = await aMember("UTC");
    await move(member, "Pacific/Kiritimati", addMs(NOW, 60_000));
    await postMany(member, NOW);
    await move(member, "Pacific/Pago_Pago", addMs(NOW, 30 * HOUR_MS));
    await postMany(member, NOW);
    expect(await daysPaid(member)).toEqual([["2026-03-01", 5]]);
  });

  it("make a day long on the way west", async () => {
    const member = await aMember("Asia/Shanghai");
    await postMany(member, NOW);
    await move(member, "America/New_York", NOW);
    // Shanghai's 1st of March ends at 16:00 UTC, and New York's 13 hours later.
    await postMany(member, new Date("2026-03-02T04:59:00Z"));
    expect(await daysPaid(member)).toEqual([["2026-03-01", 5]]);
    await postMany(member, new Date("2026-03-02T05:00:00Z"));
    expect(await daysPaid(member)).toEqual([
      ["2026-03-01", 5],
      ["2026-03-02", 5],
    ]);
  });

  it("make a day short on the way east, across daylight saving too, and pay no date again on the way back", async () => {
    const member = await aMember("America/New_York");
    const spring = new Date("2026-03-08T20:00:00Z");
    await postMany(member, spring);
    await move(member, "Asia/Shanghai", spring);
    // New York's 8th of 23 hours ends at 04:00 UTC, when it is noon of the 9th in Shanghai; the 10th begins there at 16:00.
    await postMany(member, new Date("2026-03-09T04:00:00Z"));
    await postMany(member, new Date("2026-03-09T16:00:00Z"));
    await move(member, "America/New_York", new Date("2026-03-09T16:00:00Z"));
    // The 10th goes on until New York's ends as well.
    await postMany(member, new Date("2026-03-11T03:59:00Z"));
    expect(await daysPaid(member)).toEqual([
      ["2026-03-08", 5],
      ["2026-03-09", 5],
      ["2026-03-10", 5],
    ]);
  });

  it("pay as many days as the calendar has and two at most, wherever somebody goes", async () => {
    const zone = fc.constantFrom("Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC", "Etc/GMT+12", "America/Anchorage");
    await fc.assert(
      fc.asyncProperty(fc.array(zone, { minLength: 30, maxLength: 30 }), async (zones) => {
        const member = await aMember("UTC");
        for (const [step, next] of zones.entries()) {
          const now = addMs(NOW, step * 4 * HOUR_MS);
          await move(member, next, now);
          await Promise.all([1, 2].map(() => postAt(member, now)));
        }
        const paid = await daysPaid(member);
        expect(paid.length).toBeLessThanOrEqual((zones.length * 4 * HOUR_MS) / DAY_MS + 1 + 2);
        for (const [, times] of paid) expect(times).toBeLessThanOrEqual(5);
      }),
      { seed: 3, numRuns: 4 },
    );
  });
});
