import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { setConsent } from "../../src/identity/member-actions.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { addMs, DAY_MS, HOUR_MS, MINUTE_MS } from "../../src/kernel/instant.ts";
import { publishPolicy } from "../../src/nudges/policy-actions.ts";
import type { PolicySettings } from "../../src/nudges/policy-rules.ts";
import { createFolderMailer } from "../../src/platform/mailer.ts";
import { runDecideNudges } from "../../workers/stages/decide-nudges.ts";
import { runDeliverNudges } from "../../workers/stages/deliver-nudges.ts";
import { runGrantIncentives } from "../../workers/stages/grant-incentives.ts";
import { eventsOf } from "../support/content-builders.ts";
import { useDatabase } from "../support/test-database.ts";
import {
  aCommunityWith,
  aRun,
  EAGER,
  gift,
  type MemberOptions,
  NOW,
  nudge,
  scoreAll,
  someMembers,
} from "./nudge-builders.ts";

const test = useDatabase({ poolSize: 16 });
const NIGHT = { from: 22 * 60, until: 8 * 60 };

/** A community whose members have all been decided to be nudged. */
async function aNudgedCommunity(count: number, members: MemberOptions = {}, settings: Partial<PolicySettings> = {}) {
  const { communityId } = await aCommunityWith(test, settings);
  const ids = await someMembers(test, communityId, count, members);
  await scoreAll(test, communityId, ids);
  await runDecideNudges(aRun(test, communityId));
  return { communityId, ids };
}

const deliver = (communityId: Id, options: Parameters<typeof aRun>[2] = {}) =>
  runDeliverNudges(aRun(test, communityId, options));

/** Deliveries counted by channel, state and reason. */
async function deliveriesOf(communityId: Id): Promise<Record<string, number>> {
  const rows = await test.rows(
    `select concat_ws(' ', d.channel, d.state, d.reason) as what, count(*)::int as deliveries
     from nudge_deliveries d join nudge_decisions c on c.community_id = d.community_id and c.id = d.decision_id and c.action <> 'nothing'
     where d.community_id = $1 group by 1`,
    [communityId],
  );
  return Object.fromEntries(rows.map((row) => [row.what, row.deliveries]));
}

const inboxOf = (communityId: Id) =>
  test.rows("select member_id, kind, title, body from notifications where community_id = $1 order by id", [
    communityId,
  ]);

const optOut = (communityId: Id, memberId: Id) =>
  test.tx(communityId, (tx) => setConsent(tx, { memberId, purpose: "nudges", granted: false }, NOW));

describe("in-app notices", () => {
  it("arrive once, however often and by how many they are delivered", async () => {
    const { communityId, ids } = await aNudgedCommunity(5);
    const runs = await Promise.all(Array.from({ length: 4 }, () => deliver(communityId)));
    expect(runs.reduce((sum, run) => sum + run.rows, 0)).toBe(5);
    expect(await deliver(communityId)).toEqual({
      rows: 0,
      summary: "0 in inboxes, 0 e-mails, 0 waiting for the morning",
    });
    const inbox = await inboxOf(communityId);
    expect(inbox.map((notice) => notice.member_id).sort()).toEqual([...ids].sort());
    expect(inbox[0]).toMatchObject({ kind: "nudge", title: "Pick up where you left off" });
    expect(inbox[0]?.body).toContain("Hello Lin");
    expect(await deliveriesOf(communityId)).toEqual({ "in-app sent": 5, "email skipped no-address": 5 });
    const told = (await eventsOf(test, communityId)).filter((event) => event.type === "nudge.delivered");
    expect(told).toHaveLength(5);
  });

  it("arrive for more than a batch, each in its member's language", async () => {
    const { communityId } = await aNudgedCommunity(450, { locale: "zh-CN", displayName: "林" });
    expect(await deliver(communityId)).toMatchObject({ rows: 450 });
    const inbox = await inboxOf(communityId);
    expect(inbox).toHaveLength(450);
    expect(inbox.every((notice) => notice.title === "继续上次的学习吧" && notice.body.startsWith("林，您好"))).toBe(
      true,
    );
  });

  it("do not reach who opted out, or was suspended, after the decision", async () => {
    const { communityId, ids } = await aNudgedCommunity(3);
    await optOut(communityId, ids[0]!);
    await test.rows("update members set suspended_at = $2 where id = $1", [ids[1], NOW]);
    await deliver(communityId);
    expect((await inboxOf(communityId)).map((notice) => notice.member_id)).toEqual([ids[2]]);
    expect(await deliveriesOf(communityId)).toEqual({
      "in-app skipped no-consent": 1,
      "in-app skipped suspended": 1,
      "in-app sent": 1,
      "email skipped no-consent": 1,
      "email skipped suspended": 1,
      "email skipped no-address": 1,
    });
    await test.rows("update consents set granted = true where community_id = $1", [communityId]);
    expect((await deliver(communityId)).rows).toBe(0);
  });

  it("wait for the morning where the member is, and come no more after a day", async () => {
    const evening = new Date("2026-03-02T13:30:00Z");
    const { communityId } = await aNudgedCommunity(2, {}, { quietHours: NIGHT });
    const [abroad] = await test.rows(
      "update members set time_zone = 'Europe/Berlin' where id = (select min(id::text)::uuid from members where community_id = $1) returning id",
      [communityId],
    );
    expect((await deliver(communityId, { now: addMs(evening, HOUR_MS) })).summary).toContain(
      "1 waiting for the morning",
    );
    expect((await inboxOf(communityId)).map((notice) => notice.member_id)).toEqual([abroad?.id]);
    expect(await deliver(communityId, { now: addMs(NOW, DAY_MS) })).toMatchObject({ rows: 0 });
    expect(await deliver(communityId, { now: addMs(NOW, DAY_MS - 1) })).toMatchObject({ rows: 1 });
  });

  it("tell of a gift once it was given, in the amount that was", async () => {
    const { communityId } = await aNudgedCommunity(1, {}, { actions: [gift] });
    expect((await deliver(communityId)).rows).toBe(0);
    await test.tx(communityId, (tx) => publishPolicy(tx, { ...EAGER, actions: [nudge, { ...gift, coins: 7 }] }, NOW));
    const later = addMs(NOW, 30 * HOUR_MS);
    await runGrantIncentives(aRun(test, communityId, { now: later }));
    expect((await deliver(communityId, { now: addMs(later, MINUTE_MS) })).rows).toBe(1);
    expect((await inboxOf(communityId))[0]).toMatchObject({ kind: "grant-points", title: "50 coins for you" });
  });

  it("are all that a past day brings, and come at once, since no telephone rings", async () => {
    const always = { from: 1, until: 0 };
    const { communityId } = await aNudgedCommunity(1, { email: "%@example.com", emails: true }, { quietHours: always });
    expect((await deliver(communityId, { live: false })).rows).toBe(1);
    expect(await deliveriesOf(communityId)).toEqual({ "in-app sent": 1, "email skipped past-day": 1 });
  });

  it("need a policy, and say so", async () => {
    const { communityId } = await aCommunityWith(test, {});
    await test.rows("delete from nudge_policies where community_id = $1", [communityId]);
    expect((await deliver(communityId)).summary).toBe("no policy is published: publish one first");
  });

  it("go into a folder as files where there is no mail server", async () => {
    const folder = join(inject("scratchFolder"), "nudges");
    const { communityId } = await aNudgedCommunity(2, { email: "%@example.com", emails: true });
    await deliver(communityId, { mailer: createFolderMailer(folder, "no-reply@example.com") });
    expect(await readdir(folder)).toHaveLength(2);
    expect(await deliveriesOf(communityId)).toEqual({ "in-app sent": 2, "email sent": 2 });
  });
});
