import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Id } from "../../src/kernel/ids.ts";
import { addMs, HOUR_MS } from "../../src/kernel/instant.ts";
import { Crypto } from "../../src/platform/crypto.ts";
import { Database } from "../../src/platform/database/database.ts";
import { runStage } from "../../workers/run-stage.ts";
import { type Stage, type StageRun, type StageServices, stage } from "../../workers/stage.ts";
import { useDatabase } from "../support/test-database.ts";
import { anEmptyCommunity } from "../support/value-builders.ts";

/** Half past midnight in Shanghai, where test communities are: still the day before in UTC. */
const NOW = new Date("2026-03-01T16:30:00.000Z");
const test = useDatabase({ poolSize: 4 });

function services(db = test.db): StageServices {
  const crypto = new Crypto([{ id: "k1", secret: randomBytes(32).toString("base64") }]);
  return { db, crypto, mailer: { send: async () => {} } } as unknown as StageServices;
}

function aStage(run: Stage["run"], name = "compute-features"): Stage {
  return stage(name, {
    reads: "events",
    writes: "features",
    kind: "derived",
    everyMinutes: 60,
    description: { en: "A stage.", "zh-CN": "一个阶段。" },
    run,
  });
}

/** A clock that moves on by an hour at each look. */
function aClock() {
  let now = addMs(NOW, -HOUR_MS);
  return () => {
    now = addMs(now, HOUR_MS);
    return now;
  };
}
const stopped = () => NOW;

const runsOf = (communityId: Id) =>
  test.rows(
    "select stage, state, rows, summary, error, as_of, started_at, finished_at from pipeline_runs where community_id = $1 order by id",
    [communityId],
  );

describe("runStage", () => {
  it("runs as of the community's today, now, and records how it went", async () => {
    const communityId = await anEmptyCommunity(test, NOW);
    const seen: StageRun[] = [];
    const told: unknown[] = [];
    const outcome = await runStage(
      aStage(async (run) => {
        seen.push(run);
        run.onProgress(1, 2);
        return { rows: 7, summary: "seven" };
      }),
      { communityId, onProgress: (done, total) => told.push([done, total]) },
      services(),
      stopped,
    );
    expect(outcome).toEqual({ kind: "ran", result: { rows: 7, summary: "seven" } });
    expect(seen[0]).toMatchObject({ communityId, asOf: "2026-03-02", now: NOW });
    expect(told).toEqual([[1, 2]]);
    expect(await runsOf(communityId)).toEqual([
      {
        stage: "compute-features",
        state: "succeeded",
        rows: 7,
        summary: "seven",
        error: null,
        as_of: NOW,
        started_at: NOW,
        finished_at: NOW,
      },
    ]);
  });

  it.each([
    ["a past day at that day's end", "2026-01-10", "2026-01-10", new Date("2026-01-10T15:59:59.999Z")],
    ["a day still to come as today", "2027-01-01", "2026-03-02", NOW],
  ])("stands %s", async (_what, asOf, day, now) => {
    const communityId = await anEmptyCommunity(test, NOW);
    let seen: StageRun | undefined;
    const keep = aStage(async (run) => {
      seen = run;
      return { rows: 0 };
    });
    await runStage(keep, { communityId, asOf }, services(), stopped);
    expect(seen).toMatchObject({ asOf: day, now });
  });

  it.each(["tomorrow", "2026-3-1", "2026-02-30"])("refuses %s as a day", async (asOf) => {
    const communityId = await anEmptyCommunity(test, NOW);
    const never = aStage(async () => ({ rows: 0 }));
    await expect(runStage(never, { communityId, asOf }, services(), stopped)).rejects.toThrow(/YYYY-MM-DD/);
  });

  it("never overlaps itself, whichever process asks; other stages and communities run beside it", async () => {
    const [communityId, other] = [await anEmptyCommunity(test, NOW), await anEmptyCommunity(test, NOW)];
    const elsewhere = new Database({ url: test.url, poolSize: 4, applicationName: "rekindle-test" });
    let finish: () => void = () => {};
    const slow = aStage(
      () =>
        new Promise((resolve) => {
          finish = () => resolve({ rows: 1 });
        }),
    );
    const quick = aStage(async () => ({ rows: 2 }));
    const running = runStage(slow, { communityId }, services(), stopped);
    await expect.poll(() => runsOf(communityId)).toMatchObject([{ state: "running" }]);

    const second = await runStage(quick, { communityId }, services(elsewhere), stopped);
    expect(second).toEqual({ kind: "already-running" });
    const beside = aStage(async () => ({ rows: 3 }), "score-churn");
    expect(await runStage(beside, { communityId }, services(elsewhere), stopped)).toMatchObject({ kind: "ran" });
    expect(await runStage(quick, { communityId: other }, services(elsewhere), stopped)).toMatchObject({ kind: "ran" });

    finish();
    expect(await running).toEqual({ kind: "ran", result: { rows: 1 } });
    expect(await runStage(quick, { communityId }, services(elsewhere), stopped)).toMatchObject({ kind: "ran" });
    expect((await runsOf(communityId)).map((run) => run.state)).toEqual(["succeeded", "succeeded", "succeeded"]);
    await elsewhere.close();
  });

  it("needs no more connections than the pool has, however many run at once", async () => {
    const communities = await Promise.all(Array.from({ length: 12 }, () => anEmptyCommunity(test, NOW)));
    const busy = aStage(async ({ db, communityId }) => {
      await db.transaction(communityId, (tx) => tx.client.query("select pg_sleep(0.05)"));
      return { rows: 0 };
    });
    const small = new Database({ url: test.url, poolSize: 1, applicationName: "rekindle-test" });
    const outcomes = await Promise.all(
      communities.map((communityId) => runStage(busy, { communityId }, services(small), stopped)),
    );
    expect(outcomes.every((outcome) => outcome.kind === "ran")).toBe(true);
    await small.close();
  });

  it("records a failure without what it must not keep, passes it on, and can be run again", async () => {
    const communityId = await anEmptyCommunity(test, NOW);
    const failures = [
      "Failed query: insert into members values ($1)\nparams: canary-name,2026",
      "could not send to canary.lin@example.com",
      "refused: Bearer canarycanarycanary",
      `a null character \u0000 and ${"very ".repeat(2_000)}long`,
    ];
    for (const message of failures) {
      const broken = aStage(async () => {
        throw new Error(message);
      });
      await expect(runStage(broken, { communityId }, services(), aClock())).rejects.toThrow(message);
    }
    const runs = await runsOf(communityId);
    expect(runs.map((run) => run.state)).toEqual(["failed", "failed", "failed", "failed"]);
    const kept = JSON.stringify(runs);
    expect(kept).not.toMatch(/canary/);
    expect(kept).toContain("insert into members");
    for (const run of runs) {
      expect(run.finished_at.getTime()).toBeGreaterThan(run.started_at.getTime());
      expect(run.error.length).toBeLessThanOrEqual(2_000);
    }
    const mended = aStage(async () => ({ rows: 1 }));
    expect(await runStage(mended, { communityId }, services(), stopped)).toMatchObject({ kind: "ran" });
  });

  it("marks a run whose process was killed as interrupted when the next one starts", async () => {
    const communityId = await anEmptyCommunity(test, NOW);
    const killed = new Database({ url: test.url, poolSize: 2, applicationName: "rekindle-killed" });
    const endless = aStage(() => new Promise(() => {}));
    runStage(endless, { communityId }, services(killed), stopped).catch(() => {});
    await expect.poll(() => runsOf(communityId)).toMatchObject([{ state: "running" }]);
    // What a killed process leaves: its connections end, and nobody writes the end of the run.
    await test.rows(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'rekindle-killed' and datname = current_database()",
    );

    const next = aStage(async () => ({ rows: 1 }));
    expect(await runStage(next, { communityId }, services(), aClock())).toMatchObject({ kind: "ran" });
    expect(await runsOf(communityId)).toMatchObject([
      { state: "failed", error: "interrupted" },
      { state: "succeeded", rows: 1 },
    ]);
    await killed.close();
  });

  it("keeps a result though the lock's connection broke meanwhile", async () => {
    const communityId = await anEmptyCommunity(test, NOW);
    const cut = aStage(async () => {
      await test.rows(`
        select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'
          and database = (select oid from pg_database where datname = current_database())`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      return { rows: 5 };
    });
    expect(await runStage(cut, { communityId }, services(), stopped)).toEqual({ kind: "ran", result: { rows: 5 } });
    expect(await runsOf(communityId)).toMatchObject([{ state: "succeeded", rows: 5 }]);
  });
});
