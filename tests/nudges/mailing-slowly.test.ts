import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dayIn } from "../../src/kernel/calendar.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { addMs, HOUR_MS, type Instant, MINUTE_MS } from "../../src/kernel/instant.ts";
import { queuedMails } from "../../src/nudges/delivery-queries.ts";
import type { PolicySettings } from "../../src/nudges/policy-rules.ts";
import { createSmtpMailer, type Mailer } from "../../src/platform/mailer.ts";
import { sendQueuedMails } from "../../workers/send-mails.ts";
import { runDecideNudges } from "../../workers/stages/decide-nudges.ts";
import { runDeliverNudges } from "../../workers/stages/deliver-nudges.ts";
import { startSmtpServer, type TestSmtpServer } from "../support/smtp-server.ts";
import { useDatabase } from "../support/test-database.ts";
import { aCommunityWith, aRun, scoreAll, someMembers } from "./nudge-builders.ts";

const test = useDatabase({ poolSize: 16 });
const NIGHT = { from: 22 * 60, until: 8 * 60 };
/** Ten minutes to ten in the evening where the members are. */
const EVENING: Instant = new Date("2026-03-02T13:50:00.000Z");
const MORNING = addMs(EVENING, 11 * HOUR_MS);
let server: TestSmtpServer;
let mailer: Mailer;
let now: Instant;
const clock = () => now;

beforeEach(async () => {
  server = await startSmtpServer();
  mailer = createSmtpMailer(server.url, "Rekindle <no-reply@academy.example>");
  now = EVENING;
});
afterEach(async () => {
  mailer.close();
  await server.stop();
});

/** A community whose members wait for a nudge by e-mail. */
async function aCommunityToMail(mails: number, settings: Partial<PolicySettings> = { quietHours: NIGHT }) {
  const { communityId } = await aCommunityWith(test, settings);
  const addressed = { email: "m%@example.com", emails: true };
  await scoreAll(test, communityId, await someMembers(test, communityId, mails, addressed));
  await runDecideNudges(aRun(test, communityId));
  return communityId;
}

const deliver = (communityId: Id, at = clock) => runDeliverNudges(aRun(test, communityId, { clock: at, mailer }));

async function mailsOf(communityId: Id): Promise<Record<string, number>> {
  const rows = await test.rows(
    `select concat_ws(' ', state, reason) as what, count(*)::int as mails
     from nudge_deliveries where community_id = $1 and channel = 'email' group by 1`,
    [communityId],
  );
  return Object.fromEntries(rows.map((row) => [row.what, row.mails]));
}

const recipients = () => server.received.flatMap((mail) => mail.to);

describe("a mail server so slow that the night falls meanwhile", () => {
  it("gets no mail that was not begun before; the others go out in the morning, once", async () => {
    const communityId = await aCommunityToMail(12);
    server.behaviour = {
      onMail: () => {
        now = addMs(now, 5 * MINUTE_MS);
      },
    };
    await deliver(communityId);
    // Two make it ten o'clock, and three more may have been on their way.
    const inTime = server.received.length;
    expect(inTime).toBeGreaterThanOrEqual(2);
    expect(inTime).toBeLessThanOrEqual(5);
    await deliver(communityId);
    expect(server.received).toHaveLength(inTime);
    now = MORNING;
    server.behaviour = {};
    await deliver(communityId);
    expect(await mailsOf(communityId)).toEqual({ sent: 12 });
    expect(new Set(recipients()).size).toBe(12);
    expect(recipients()).toHaveLength(12);
  });

  it("gets none that waited past ten for its turn after it was claimed", async () => {
    const communityId = await aCommunityToMail(1);
    await server.stop();
    await deliver(communityId);
    await server.start();
    const [mail] = await test.read(communityId, queuedMails);
    expect(mail).toBeDefined();
    // The claim is the first to ask for the time, and the sending the second.
    const times = [addMs(EVENING, 10 * MINUTE_MS - 1)];
    const late = () => times.shift() ?? addMs(EVENING, 10 * MINUTE_MS);
    const run = aRun(test, communityId, { now: EVENING, mailer });
    const mailRun = { quietHours: NIGHT, communityName: "Academy" };
    expect(await sendQueuedMails({ ...run, clock: late }, mailRun)).toEqual({ sent: 0, unreachable: null });
    expect(server.received).toEqual([]);
    expect(await mailsOf(communityId)).toEqual({ "queued quiet-hours": 1 });
    now = MORNING;
    await deliver(communityId);
    expect(await mailsOf(communityId)).toEqual({ sent: 1 });
  });
});

describe("a run of hours whose lock is lost", () => {
  it("is not taken for a dead one by the next: what it is sending is sent, once", async () => {
    const communityId = await aCommunityToMail(10, {});
    let release: () => void = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let held: () => void = () => {};
    const holding = new Promise<void>((resolve) => {
      held = resolve;
    });
    server.behaviour = {
      onMail: async () => {
        const nth = server.received.length;
        if (nth === 4) now = addMs(now, 4 * HOUR_MS);
        if (nth === 9) held();
        // From here on the server is slow: these were claimed four hours after the run began.
        if (nth >= 9) await released;
      },
    };
    const first = deliver(communityId);
    await holding;
    const other = createSmtpMailer(server.url, "Rekindle <no-reply@academy.example>");
    const next = runDeliverNudges(
      aRun(test, communityId, { clock: () => addMs(EVENING, 4 * HOUR_MS + MINUTE_MS), mailer: other }),
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await mailsOf(communityId))["failed interrupted"]).toBeUndefined();
    release();
    expect((await first).summary).not.toContain("interrupted");
    expect((await next).summary).not.toContain("interrupted");
    other.close();
    expect(await mailsOf(communityId)).toEqual({ sent: 10 });
    expect(recipients()).toHaveLength(10);
    expect(new Set(recipients()).size).toBe(10);
  });
});

describe("four schedulers with clocks an hour apart", () => {
  it.each([
    ["as clocks go forward", "2026-03-08T04:00:00.000Z"],
    ["as clocks go back", "2026-11-01T03:00:00.000Z"],
  ])("tell each member once by each way, and nobody at night, %s", async (_when, lateEvening) => {
    const timeZone = "America/New_York";
    const start = new Date(lateEvening);
    const { communityId } = await aCommunityWith(test, { quietHours: NIGHT });
    const members = await someMembers(test, communityId, 5, { timeZone, email: "m%@example.com", emails: true });
    await scoreAll(test, communityId, members, dayIn("Asia/Shanghai", start));
    await runDecideNudges(aRun(test, communityId, { now: start }));
    const offsets = [-HOUR_MS, -HOUR_MS / 2, HOUR_MS / 2, HOUR_MS];
    for (let hour = 0; hour < 14; hour += 1) {
      await Promise.all(offsets.map((offset) => deliver(communityId, () => addMs(start, hour * HOUR_MS + offset))));
    }
    expect(await mailsOf(communityId)).toEqual({ sent: 5 });
    expect(recipients().sort()).toEqual(members.map((_, index) => `m${index}@example.com`).sort());
    const told = await test.rows(
      `select channel, extract(hour from settled_at at time zone $2)::int as hour from nudge_deliveries where community_id = $1`,
      [communityId, timeZone],
    );
    expect(told).toHaveLength(10);
    for (const { hour } of told) {
      expect(hour).toBeGreaterThanOrEqual(8);
      expect(hour).toBeLessThan(22);
    }
    const notices = await test.rows("select member_id from notifications where community_id = $1", [communityId]);
    expect(new Set(notices.map((row) => row.member_id)).size).toBe(5);
    expect(notices).toHaveLength(5);
  });
});
