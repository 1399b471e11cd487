import { readFile } from "node:fs/promises";
import { beforeEach, describe, expect, it } from "vitest";
import type { Viewer } from "../../src/identity/viewer.ts";
import { type Id, newId } from "../../src/kernel/ids.ts";
import { addMs, DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from "../../src/kernel/instant.ts";
import { once } from "../../src/platform/idempotency.ts";
import { buryLetter, settleLetter } from "../../src/platform/outbox/dead-letter-actions.ts";
import { type OutboxMessage, requeueMessage, settleMessage } from "../../src/platform/outbox/relay-actions.ts";
import { latestPipelineRuns } from "../../src/platform/pipeline-run-queries.ts";
import { FORGET_BATCH } from "../../src/platform/retention-actions.ts";
import { RETENTIONS } from "../../src/platform/retention-catalogue.ts";
import { deliverDomainEvent } from "../../workers/domain-events-job.ts";
import { stageNamed } from "../../workers/pipeline.ts";
import { runForgetExpired } from "../../workers/stages/forget-expired.ts";
import { aRun, NOW } from "../nudges/nudge-builders.ts";
import { useDatabase } from "../support/test-database.ts";
import { anEmptyCommunity, aViewer } from "../support/value-builders.ts";

const test = useDatabase();
let communityId: Id;
let viewer: Viewer;

beforeEach(async () => {
  communityId = await anEmptyCommunity(test, NOW);
  viewer = await aViewer(test, communityId, NOW);
});

const later = (ms: number): Instant => addMs(NOW, ms);
const forget = (now: Instant, of = communityId) => runForgetExpired(aRun(test, of, { now }));
const count = async (table: string, where: string, value: unknown) =>
  (await test.rows<{ count: number }>(`select count(*)::int as count from ${table} where ${where} = $1`, [value]))[0]!
    .count;

describe("forgetting", () => {
  it("is a stage of every community, and operators are told how long all is kept", async () => {
    expect(stageNamed("forget-expired")?.run).toBe(runForgetExpired);
    const told = await readFile(new URL("../../docs/running.md", import.meta.url), "utf8");
    for (const { table, days } of RETENTIONS) expect(told).toContain(`| \`${table}\` | ${days} |`);
  });

  it("keeps an idempotency key answering for seven days, and then lets it be used anew", async () => {
    let acted = 0;
    const ask = (at: Instant) =>
      test.tx(communityId, (tx) =>
        once(tx, { memberId: viewer.memberId, key: "k", operation: "spend", body: {} }, async () => ++acted, at),
      );
    expect(await ask(NOW)).toBe(1);
    for (const ms of [23 * HOUR_MS + 59 * MINUTE_MS, 7 * DAY_MS]) {
      expect(await forget(later(ms))).toEqual({ rows: 0 });
      expect(await ask(later(ms))).toBe(1);
    }
    expect(await forget(later(7 * DAY_MS + 1))).toEqual({ rows: 1 });
    expect(await ask(later(7 * DAY_MS + 1))).toBe(2);
  });

  it("keeps to its own community, and takes more than a batch, by as many as try", async () => {
    const other = await aViewer(test, await anEmptyCommunity(test, NOW), NOW);
    for (const { communityId: of, memberId } of [viewer, other]) {
      await test.rows(
        `insert into idempotency_keys (community_id, member_id, key, operation, request_hash, created_at)
         select $1, $2, n, 'spend', '', $3 from generate_series(1, ${FORGET_BATCH + 10}) n`,
        [of, memberId, NOW],
      );
    }
    const runs = await Promise.all([1, 2, 3].map(() => forget(later(30 * DAY_MS))));
    expect(runs.reduce((sum, { rows }) => sum + rows, 0)).toBe(FORGET_BATCH + 10);
    expect(await count("idempotency_keys", "community_id", communityId)).toBe(0);
    expect(await count("idempotency_keys", "community_id", other.communityId)).toBe(FORGET_BATCH + 10);
  });

  it("keeps the latest run of each stage, however old", async () => {
    const ran = async (stage: string, at: Instant) =>
      test.rows(
        "insert into pipeline_runs (community_id, id, stage, as_of, state, started_at) values ($1, $2, $3, $4, 'succeeded', $4)",
        [communityId, newId(at), stage, at],
      );
    for (let day = 0; day < 20; day += 1) await ran("score-churn", later(day * DAY_MS));
    for (let day = 0; day < 3; day += 1) await ran("train-churn", later(day * DAY_MS));
    expect(await forget(later(20 * DAY_MS))).toEqual({ rows: 6 + 2 });
    expect(await forget(later(20 * DAY_MS))).toEqual({ rows: 0 });
    const latest = await test.read(communityId, latestPipelineRuns);
    expect(latest.map(({ stage, startedAt }) => [stage, startedAt])).toEqual([
      ["score-churn", later(19 * DAY_MS)],
      ["train-churn", later(2 * DAY_MS)],
    ]);
  });

  describe("which consumer has had which message", () => {
    /** A domain event that one consumer has had, and another one could not take. */
    async function aHalfDeliveredMessage(): Promise<OutboxMessage> {
      const id = newId(NOW);
      const message = { id, communityId, payload: { type: "member.joined" }, occurredAt: NOW.toISOString() };
      await requeueMessage(test.db.system, message);
      const subscribers = [
        { consumer: "points", handle: async () => {} },
        { consumer: "broken", handle: () => Promise.reject(new Error("not today")) },
      ];
      const delivered = deliverDomainEvent(test.db, subscribers, message, () => NOW);
      await expect(delivered).rejects.toThrow("not today");
      return message;
    }
    const remembered = ({ id }: OutboxMessage) => count("processed_messages", "message_id", id);

    it("is kept for ninety days, and then no longer", async () => {
      const message = await aHalfDeliveredMessage();
      await settleMessage(test.db.system, message.id);
      await forget(later(90 * DAY_MS));
      expect(await remembered(message)).toBe(1);
      await forget(later(90 * DAY_MS + 1));
      expect(await remembered(message)).toBe(0);
    });

    it("is kept for as long as the message may come again: in the outbox, in a letter, and when that is replayed", async () => {
      const message = await aHalfDeliveredMessage();
      const late = later(400 * DAY_MS);
      await forget(late);
      expect(await remembered(message)).toBe(1);

      const letter = { communityId, source: "domain-events", reference: message.id, payload: message, error: "no" };
      const letterId = await buryLetter(test.db.system, letter, NOW);
      await settleMessage(test.db.system, message.id);
      await forget(late);
      expect(await remembered(message)).toBe(1);

      await requeueMessage(test.db.system, message);
      await settleLetter(test.db.system, letterId, late);
      await forget(late);
      expect(await remembered(message)).toBe(1);

      await settleMessage(test.db.system, message.id);
      await forget(late);
      expect(await remembered(message)).toBe(0);
    });
  });

  it("keeps letters until they are mended, and thirty days from then", async () => {
    const letter = { communityId, source: "events", reference: "line 7", payload: {}, error: "no day" };
    const [open, mended] = [
      await buryLetter(test.db.system, letter, NOW),
      await buryLetter(test.db.system, letter, NOW),
    ];
    await settleLetter(test.db.system, mended, later(DAY_MS));
    await forget(later(31 * DAY_MS));
    expect(await count("dead_letters", "id", mended)).toBe(1);
    await forget(later(31 * DAY_MS + 1));
    expect(await count("dead_letters", "id", mended)).toBe(0);
    expect(await count("dead_letters", "id", open)).toBe(1);
  });
});
