import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { setConsent } from "../../src/identity/member-actions.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { addMs, DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from "../../src/kernel/instant.ts";
import { queuedMails } from "../../src/nudges/delivery-queries.ts";
import { claimMail, MAIL_LETTERS, reviveMail, settleMail } from "../../src/nudges/mail-actions.ts";
import { Crypto } from "../../src/platform/crypto.ts";
import { createSmtpMailer, type Mailer } from "../../src/platform/mailer.ts";
import { openLetters, settleLetter } from "../../src/platform/outbox/dead-letter-actions.ts";
import { runDecideNudges } from "../../workers/stages/decide-nudges.ts";
import { runDeliverNudges } from "../../workers/stages/deliver-nudges.ts";
import { eventsOf } from "../support/content-builders.ts";
import { startSmtpServer, type TestSmtpServer } from "../support/smtp-server.ts";
import { useDatabase } from "../support/test-database.ts";
import { aCommunityWith, aRun, crypto, type MemberOptions, NOW, scoreAll, someMembers } from "./nudge-builders.ts";

const test = useDatabase({ poolSize: 16 });
const MORNING = { from: 0, until: 0 };
let server: TestSmtpServer;
let mailer: Mailer;

beforeEach(async () => {
  server = await startSmtpServer();
  mailer = createSmtpMailer(server.url, "Rekindle <no-reply@academy.example>");
});
afterEach(async () => {
  mailer.close();
  await server.stop();
});

/** A community whose members wait for a nudge by e-mail. */
async function aCommunityToMail(mails: number, members: MemberOptions = {}) {
  const { communityId } = await aCommunityWith(test, {});
  const addressed = { email: "m%@example.com", emails: true, ...members };
  await scoreAll(test, communityId, await someMembers(test, communityId, mails, addressed));
  await runDecideNudges(aRun(test, communityId));
  return { communityId, mails };
}

const deliver = (communityId: Id, now: Instant = NOW) => runDeliverNudges(aRun(test, communityId, { now, mailer }));

/** E-mails counted by state and reason. */
async function mailsOf(communityId: Id): Promise<Record<string, number>> {
  const rows = await test.rows(
    `select concat_ws(' ', state, reason) as what, count(*)::int as mails
     from nudge_deliveries where community_id = $1 and channel = 'email' group by 1`,
    [communityId],
  );
  return Object.fromEntries(rows.map((row) => [row.what, row.mails]));
}

const lettersOf = async (communityId: Id) =>
  (await openLetters(test.db.system, { source: MAIL_LETTERS, limit: 100 })).filter(
    (letter) => letter.communityId === communityId,
  );

/** To whom mail went, each as often as it did. */
const recipients = () => server.received.flatMap((mail) => mail.to).sort();

describe("e-mails", () => {
  it("arrive once, however often and by how many they are sent", async () => {
    const { communityId, mails } = await aCommunityToMail(30);
    await Promise.all([deliver(communityId), deliver(communityId), deliver(communityId)]);
    await deliver(communityId, addMs(NOW, HOUR_MS));
    expect(recipients()).toHaveLength(mails);
    expect(new Set(recipients()).size).toBe(mails);
    expect(await mailsOf(communityId)).toEqual({ sent: mails });
    const told = (await eventsOf(test, communityId)).filter(
      (event) => event.type === "nudge.delivered" && event.channel === "email",
    );
    expect(told).toHaveLength(mails);
    const ids = server.received.map((mail) => /^Message-ID: (.*)$/m.exec(mail.raw)?.[1]);
    expect(new Set(ids).size).toBe(mails);
  });

  it("carry no header, however a member and a community are called", async () => {
    const evil = "Lin\r\nBcc: eve@example.com\r\n\r\nEvil";
    const { communityId } = await aCommunityToMail(3, { displayName: evil, locale: "zh-CN" });
    await test.rows("update communities set name = $2 where id = $1", [communityId, evil]);
    await deliver(communityId);
    expect(server.received.length).toBeGreaterThan(0);
    for (const { raw, to } of server.received) {
      expect(to).toHaveLength(1);
      expect(raw.split("\r\n\r\n")[0]).not.toMatch(/^(bcc|cc):/im);
    }
  });

  it("go only to who agreed to e-mail", async () => {
    const { communityId, mails } = await aCommunityToMail(4, { emails: false });
    await deliver(communityId);
    expect(await mailsOf(communityId)).toEqual({ "skipped no-consent": mails });
    expect(server.received).toEqual([]);
  });
});

describe("a mail server", () => {
  it("out of reach keeps every mail waiting, and gets each once when it is back", async () => {
    const { communityId, mails } = await aCommunityToMail(20);
    await server.stop();
    const down = await deliver(communityId);
    expect(down.summary).toMatch(/0 e-mails, .*; the mail server is out of reach \(E[A-Z]+\): the rest waits for it$/);
    const waiting = await mailsOf(communityId);
    expect(Object.keys(waiting).every((what) => what.startsWith("queued"))).toBe(true);
    // Those that were under way when it showed; nobody asks for the others.
    expect(waiting.queued).toBeGreaterThanOrEqual(mails - 4);
    await server.start();
    await Promise.all([
      deliver(communityId, addMs(NOW, 5 * MINUTE_MS)),
      deliver(communityId, addMs(NOW, 5 * MINUTE_MS)),
    ]);
    expect(await mailsOf(communityId)).toEqual({ sent: mails });
    expect(new Set(recipients()).size).toBe(mails);
    expect(recipients()).toHaveLength(mails);
  });

  it("that dies in mid-run loses none and gets none twice that it had confirmed", async () => {
    const { communityId, mails } = await aCommunityToMail(40);
    const confirmed: string[] = [];
    server.behaviour = {
      onMail: async ({ to }) => {
        confirmed.push(...to);
        if (confirmed.length === 10) await server.stop();
      },
    };
    await deliver(communityId);
    server.behaviour = {};
    await server.start();
    await deliver(communityId, addMs(NOW, 5 * MINUTE_MS));
    const ended = await mailsOf(communityId);
    const doubtful = mails - (ended.sent ?? 0);
    // Whatever it had read when it died may have gone out: these few are not sent again.
    expect(doubtful).toBeLessThanOrEqual(4);
    expect(Object.keys(ended).every((what) => what === "sent" || what.startsWith("failed E"))).toBe(true);
    expect(new Set(recipients()).size).toBe(recipients().length);
  });

  it("away for a day has its mails buried, to be dug up and sent once", async () => {
    const { communityId, mails } = await aCommunityToMail(3);
    await server.stop();
    await deliver(communityId);
    expect(await deliver(communityId, addMs(NOW, DAY_MS))).toMatchObject({
      summary: expect.stringContaining(`${mails} e-mails given up after a day, see the dead letters`),
    });
    expect(await mailsOf(communityId)).toEqual({ "failed gave-up": mails });
    await deliver(communityId, addMs(NOW, DAY_MS + HOUR_MS));
    const letters = await lettersOf(communityId);
    expect(letters).toHaveLength(mails);
    expect(letters[0]?.error).toMatch(/^not sent within a day \((E[A-Z]+|never tried)\)$/);
    expect(JSON.stringify(letters)).not.toContain("@");

    const later = addMs(NOW, 2 * DAY_MS);
    const revive = (letter: (typeof letters)[number]) =>
      test.tx(communityId, async (tx) => {
        const revived = await reviveMail(tx, letter.reference);
        await settleLetter(tx.sql, letter.id, later);
        return revived;
      });
    expect(await Promise.all(letters.map(revive))).toEqual(letters.map(() => true));
    expect(await Promise.all(letters.map(revive))).toEqual(letters.map(() => false));
    // Still away: they are buried again, and nothing is lost.
    await deliver(communityId, later);
    await deliver(communityId, addMs(later, HOUR_MS));
    const again = await lettersOf(communityId);
    expect((await mailsOf(communityId))["failed gave-up"] ?? 0).toBe(again.length);
    await Promise.all(again.map(revive));
    await server.start();
    await deliver(communityId, addMs(later, 2 * HOUR_MS));
    expect(await mailsOf(communityId)).toEqual({ sent: mails });
    expect(recipients()).toHaveLength(mails);
  });

  it("that confirms nothing is not asked again: the mail may be out", async () => {
    const { communityId, mails } = await aCommunityToMail(1);
    server.behaviour = { hangsUpAfterData: true };
    await deliver(communityId);
    server.behaviour = {};
    await deliver(communityId, addMs(NOW, HOUR_MS));
    expect(server.received).toHaveLength(mails);
    expect(Object.keys(await mailsOf(communityId))[0]).toMatch(/^failed E/);
  });

  it("that refuses one recipient, for good or for now, keeps the others' mails", async () => {
    const { communityId, mails } = await aCommunityToMail(12);
    server.behaviour = {
      refuses: (address) => (address === "m1@example.com" ? 550 : address === "m2@example.com" ? 450 : null),
    };
    await deliver(communityId);
    expect(await mailsOf(communityId)).toEqual({ sent: mails - 2, "failed 550": 1, "queued 450": 1 });
    server.behaviour = {};
    await deliver(communityId, addMs(NOW, HOUR_MS));
    expect(await mailsOf(communityId)).toEqual({ sent: mails - 1, "failed 550": 1 });
    expect(recipients()).toHaveLength(mails - 1);
  });
});

describe("a queued mail", () => {
  const claim = (communityId: Id, deliveryId: Id, quietHours = MORNING, now: Instant = NOW) =>
    test.tx(communityId, (tx) => claimMail(tx, { deliveryId, quietHours, communityName: "Academy" }, crypto, now));

  /** A community whose mails are queued, because the server was away. */
  async function withQueue(count: number, members: MemberOptions = {}) {
    await server.stop();
    const { communityId, mails } = await aCommunityToMail(count, members);
    await deliver(communityId);
    await server.start();
    const queued = await test.read(communityId, queuedMails);
    expect(queued).toHaveLength(mails);
    return { communityId, queued };
  }

  it("is claimed by one of many", async () => {
    const { communityId, queued } = await withQueue(2);
    const claims = await Promise.all(Array.from({ length: 12 }, () => claim(communityId, queued[0]!)));
    expect(claims.filter((each) => each.kind === "claimed")).toHaveLength(1);
    expect(claims.filter((each) => each.kind === "gone")).toHaveLength(11);
  });

  it("whose sender died between claim and settle is never sent; the others are", async () => {
    const { communityId, queued } = await withQueue(3);
    expect(await claim(communityId, queued[0]!)).toMatchObject({ kind: "claimed" });
    await deliver(communityId, addMs(NOW, MINUTE_MS));
    expect(recipients()).toHaveLength(queued.length - 1);
    expect(await deliver(communityId, addMs(NOW, 4 * HOUR_MS))).toMatchObject({
      summary: expect.stringContaining("1 e-mails interrupted: whether they went out is not known"),
    });
    expect(await mailsOf(communityId)).toEqual({ sent: queued.length - 1, "failed interrupted": 1 });
    // The dead sender's word comes late: it changes nothing.
    await test.tx(communityId, (tx) => settleMail(tx, { deliveryId: queued[0]!, sending: { kind: "sent" } }, NOW));
    expect(await mailsOf(communityId)).toEqual({ sent: queued.length - 1, "failed interrupted": 1 });
  });

  it.each([
    ["opted out of nudges", "nudges"],
    ["opted out of e-mail", "email"],
  ] as const)("is not sent to who %s since", async (_what, purpose) => {
    const { communityId, queued } = await withQueue(2);
    const members = await test.rows("select id from members where community_id = $1", [communityId]);
    for (const { id: memberId } of members) {
      await test.tx(communityId, (tx) => setConsent(tx, { memberId, purpose, granted: false }, NOW));
    }
    await deliver(communityId, addMs(NOW, MINUTE_MS));
    expect(server.received).toEqual([]);
    expect(await mailsOf(communityId)).toEqual({ "skipped no-consent": queued.length });
  });

  it("waits through the night at the end of the queue", async () => {
    const { communityId, queued } = await withQueue(3);
    const night = { from: 9 * 60, until: 11 * 60 };
    expect(await claim(communityId, queued[0]!, night, addMs(NOW, MINUTE_MS))).toEqual({ kind: "waiting" });
    expect(await test.read(communityId, queuedMails)).toEqual([...queued.slice(1), queued[0]]);
  });

  it("to an address that no key reads is skipped, and the others are sent", async () => {
    const { communityId, queued } = await withQueue(3);
    const other = new Crypto([{ id: "k9", secret: Buffer.alloc(32, 9).toString("base64") }]);
    await test.rows(
      "update members set email_cipher = $2 where id = (select member_id from nudge_deliveries where id = $1)",
      [queued[0], other.encrypt("lost@example.com")],
    );
    await deliver(communityId, addMs(NOW, MINUTE_MS));
    expect(await mailsOf(communityId)).toEqual({ sent: queued.length - 1, "skipped unreadable-address": 1 });
  });

  it("leaves its address in no column, whatever the server says", async () => {
    const { communityId } = await aCommunityToMail(6, { email: "canary%@example.com" });
    server.behaviour = { refuses: (address) => (address.startsWith("canary1") ? 550 : 451) };
    await deliver(communityId);
    await server.stop();
    const result = await deliver(communityId, addMs(NOW, HOUR_MS));
    await deliver(communityId, addMs(NOW, DAY_MS));
    expect(JSON.stringify(result)).not.toContain("canary");
    const tables = await test.rows("select tablename from pg_tables where schemaname = 'public'");
    for (const { tablename } of tables) {
      const found = await test.rows(`select 1 from "${tablename}" t where row_to_json(t)::text like '%canary%'`);
      expect({ tablename, rows: found.length }).toEqual({ tablename, rows: 0 });
    }
  });
});
