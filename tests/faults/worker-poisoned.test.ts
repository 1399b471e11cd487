import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { newId } from "../../src/kernel/ids.ts";
import { emit } from "../../src/platform/outbox/emit.ts";
import { runRekindle } from "../support/rekindle-process.ts";
import { describeOnBothBackends } from "../workers/queue-backends.ts";
import { aCrowd } from "./crowd.ts";
import { startFace, until } from "./faces.ts";
import { report } from "./seeds.ts";

const WORKER = new URL("./scripts/poisoned-worker.ts", import.meta.url);
const TAKEN_OVER_MS_MAX = 40_000;

// At the same time: nearly all of it is waiting for the locks of dead workers to run out.
describe.concurrent("an event that takes every worker down", () => {
  describeOnBothBackends("is buried, and carried out once when it is replayed", ({ test, redis }) => {
    it("after its fourth worker", { timeout: 240_000 }, async () => {
      const now = new Date();
      const { communityId, viewers } = await aCrowd(test, 1, now);
      const memberId = viewers[0]?.memberId ?? newId(now);
      const poison = join(inject("scratchFolder"), `poison-${communityId}`);
      await writeFile(poison, "");
      await test.tx(communityId, (tx) => emit(tx, { type: "member.joined", memberId }, now));
      const letters = () =>
        test.rows<{ id: string; error: string }>("select id, error from dead_letters where replayed_at is null");
      const entries = () => test.rows("select rule_key from ledger_entries where community_id = $1", [communityId]);

      const start = () => startFace([test.url, redis?.url ?? "", poison], {}, WORKER);
      let worker = start();
      try {
        let deaths = 0;
        const startedMs = performance.now();
        while ((await letters()).length === 0) {
          await until("the event is buried or takes its worker down", TAKEN_OVER_MS_MAX, async () => {
            return worker.child.signalCode !== null || (await letters()).length > 0;
          });
          if (worker.child.signalCode === null) break;
          deaths += 1;
          expect(deaths, "workers that it took down").toBeLessThan(8);
          worker = start();
        }
        report(
          `${redis === null ? "PostgreSQL" : "Redis"}: took ${deaths} workers down, buried after ` +
            `${((performance.now() - startedMs) / 1_000).toFixed(1)} s`,
        );
        expect(await letters()).toMatchObject([{ error: expect.stringContaining("stalled") }]);
        expect(await test.rows("select id from outbox")).toEqual([]);
        expect(await entries()).toEqual([]);

        await rm(poison);
        const env = {
          DATABASE_URL: test.url,
          REDIS_URL: redis?.url ?? "",
          REKINDLE_FOLDER: join(inject("scratchFolder"), `poisoned-${communityId}`),
        };
        const listed = await runRekindle(["dead-letters", "list"], env);
        expect(listed.stdout).toContain("domain-events");
        expect((await runRekindle(["dead-letters", "replay"], env)).stdout).toContain("1 replayed.");
        await until("the replayed event is done", 20_000, async () => {
          const left = await test.rows("select id from outbox");
          return left.length === 0 || left;
        });
        expect(await entries()).toEqual([{ rule_key: "member-joined" }]);
        expect((await runRekindle(["dead-letters", "replay"], env)).stdout).toContain("Nothing waits.");
      } finally {
        await worker.killOutright();
      }
    });
  });
});
