import { describe, expect, it } from "vitest";
import { recordActivity } from "../../src/events/activity-actions.ts";
import { encodeEvent, ingestEvents } from "../../src/events/ingest-actions.ts";
import { IngestBuffer, IngestBusy } from "../../src/events/ingest-buffer.ts";
import type { DomainEvent } from "../../src/kernel/domain-events.ts";
import { type Id, newId } from "../../src/kernel/ids.ts";
import { useDatabase } from "../support/test-database.ts";
import {
  aCommunity,
  anEvent,
  anIdentity,
  memberDays,
  NOT_JSON,
  NOW,
  rollUpAll,
  someMembers,
} from "./signals-builders.ts";

const database = useDatabase();

const eventsOf = (communityId: Id) =>
  database.rows(
    "select message_id, member_id, anonymous_id, kind, properties from events where community_id = $1 order by 1",
    [communityId],
  );

describe("ingesting events", () => {
  it("stores a message once, however often and in however many rows it comes", async () => {
    const communityId = await aCommunity(database);
    const [a, b] = [anEvent(), anEvent()];
    expect(await database.tx(communityId, (tx) => ingestEvents(tx, [a, b, a]))).toEqual({ inserted: 2, duplicates: 1 });
    expect(await database.tx(communityId, (tx) => ingestEvents(tx, [b, anEvent()]))).toEqual({
      inserted: 1,
      duplicates: 1,
    });
    expect(await eventsOf(communityId)).toHaveLength(3);
  });

  it("finds members by what the platform calls them, by their own id, and else keeps the event unowned", async () => {
    const communityId = await aCommunity(database);
    const [named, known, imported] = await someMembers(database, communityId, 3);
    await anIdentity(database, communityId, named!, "client", "ann");
    await anIdentity(database, communityId, imported!, "stackexchange:beer", "7");
    await database.tx(communityId, (tx) =>
      ingestEvents(tx, [
        anEvent({ messageId: "1", userId: "ann" }),
        anEvent({ messageId: "2", userId: known! }),
        anEvent({ messageId: "3", userId: "7", anonymousId: null }),
        anEvent({ messageId: "4", userId: newId(NOW), anonymousId: "v" }),
        anEvent({ messageId: "5", anonymousId: "v" }),
      ]),
    );
    const rows = await eventsOf(communityId);
    expect(rows.map((row) => row.member_id)).toEqual([named, known, null, null, null]);
    // An import's user number is not what the platform calls its user.
    expect(rows[2]!.anonymous_id).toBe("user:7");
    expect(rows[4]!.anonymous_id).toBe("v");
  });

  it("gives a member who joins the events that came before, and rolls them up then", async () => {
    const communityId = await aCommunity(database);
    await database.tx(communityId, (tx) => ingestEvents(tx, [anEvent({ userId: "late", kind: "lesson.started" })]));
    await rollUpAll(database, communityId);
    expect(await memberDays(database, communityId)).toEqual([]);

    const [memberId] = await someMembers(database, communityId, 1);
    await anIdentity(database, communityId, memberId!, "client", "late");
    await record(communityId, { type: "member.joined", memberId: memberId! });
    await rollUpAll(database, communityId);
    expect((await memberDays(database, communityId)).map((row) => row.kind)).toEqual([
      "lesson.started",
      "member.joined",
    ]);
  });

  it("does not deadlock when requests repeat each other's messages in other orders", async () => {
    const communityId = await aCommunity(database);
    const events = Array.from({ length: 200 }, (_, index) => anEvent({ messageId: `m${index}` }));
    const calls = Array.from({ length: 8 }, (_, call) => (call % 2 ? events : events.toReversed()));
    const results = await Promise.all(calls.map((rows) => database.tx(communityId, (tx) => ingestEvents(tx, rows))));
    expect(results.reduce((sum, result) => sum + result.inserted, 0)).toBe(200);
  });
});

async function record(communityId: Id, event: DomainEvent, id = newId(NOW)) {
  await database.tx(communityId, (tx) => recordActivity(tx, { id, communityId, occurredAt: NOW, event }, NOW));
}

describe("recording activity", () => {
  it("tells both sides of what happened, once", async () => {
    const communityId = await aCommunity(database);
    const [asker, helper] = await someMembers(database, communityId, 2);
    const id = newId(NOW);
    const answered: DomainEvent = {
      type: "post.created",
      postId: newId(NOW),
      threadId: newId(NOW),
      threadAuthorId: asker!,
      authorId: helper!,
      kind: "answer",
    };
    await record(communityId, answered, id);
    await record(communityId, answered, id);
    const rows = await eventsOf(communityId);
    expect(rows.map((row) => [row.kind, row.member_id])).toEqual([
      ["answer.posted", helper],
      ["answer.received", asker],
    ]);
  });

  it("is no feedback when members answer themselves, and passes over what is nobody's activity", async () => {
    const communityId = await aCommunity(database);
    const [member] = await someMembers(database, communityId, 1);
    const common = { postId: newId(NOW), threadId: newId(NOW), threadAuthorId: member!, authorId: member! };
    await record(communityId, { type: "post.created", ...common, kind: "reply" });
    await record(communityId, {
      type: "post.reported",
      reportId: newId(NOW),
      postId: common.postId,
      reporterId: member!,
    });
    expect((await eventsOf(communityId)).map((row) => row.kind)).toEqual(["reply.posted"]);
  });
});

describe("the ingest buffer", () => {
  it("answers after the commit, and lets many requests share one", async () => {
    const communityId = await aCommunity(database);
    const buffer = new IngestBuffer({ db: database.db, commitsAtOnce: 1 });
    await Promise.all(Array.from({ length: 50 }, () => buffer.submit(communityId, [encodeEvent(anEvent())])));
    const [row] = await database.rows(
      "select count(*)::int as events, count(distinct transaction_id)::int as commits from events where community_id = $1",
      [communityId],
    );
    expect(row!.events).toBe(50);
    expect(row!.commits).toBeLessThanOrEqual(3);
  });

  it("tells senders to come back when too much is waiting, and then takes them", async () => {
    const communityId = await aCommunity(database);
    const buffer = new IngestBuffer({ db: database.db, rowsWaitingMax: 10 });
    const rows = () => Array.from({ length: 8 }, () => encodeEvent(anEvent()));
    const first = buffer.submit(communityId, rows());
    await expect(buffer.submit(communityId, rows())).rejects.toBeInstanceOf(IngestBusy);
    await first;
    await buffer.submit(communityId, rows());
    expect(await eventsOf(communityId)).toHaveLength(16);
  });

  it("keeps one request's unstorable rows from failing the others that share its commit", async () => {
    const communityId = await aCommunity(database);
    const buffer = new IngestBuffer({ db: database.db, commitsAtOnce: 1 });
    const blocker = buffer.submit(communityId, [encodeEvent(anEvent())]);
    const bad = buffer.submit(communityId, [NOT_JSON]);
    const good = buffer.submit(communityId, [encodeEvent(anEvent())]);
    await expect(bad).rejects.toThrow(/json/);
    await Promise.all([blocker, good]);
    expect(await eventsOf(communityId)).toHaveLength(2);
  });
});
