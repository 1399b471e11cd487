import pg from "pg";
import { afterEach, expect, it } from "vitest";
import type { Id } from "../../src/kernel/ids.ts";
import { createLogger } from "../../src/platform/logging.ts";
import { STAGES } from "../../workers/pipeline.ts";
import type { Queues } from "../../workers/queues.ts";
import { enqueueStage, startWorkers } from "../../workers/worker-process.ts";
import { aCommunityWith, crypto } from "../nudges/nudge-builders.ts";
import { describeOnBothBackends } from "./queue-backends.ts";

/** More of them than long stages that run at once. */
const COMMUNITIES = 3;

describeOnBothBackends("the pipeline's queues", ({ test, open }) => {
  const workers: { close(): Promise<void> }[] = [];
  let jam: pg.Client | null = null;
  afterEach(async () => {
    await jam?.end();
    jam = null;
    await Promise.all(workers.splice(0).map((each) => each.close()));
  });

  const someCommunities = async (): Promise<Id[]> => {
    const made: Id[] = [];
    while (made.length < COMMUNITIES) made.push((await aCommunityWith(test, {})).communityId);
    return made;
  };

  async function work(queues: Queues): Promise<void> {
    const mailer = { send: () => Promise.reject(new Error("nothing is sent in this test")), close: () => {} };
    const services = { db: test.db, crypto, mailer };
    const clock = () => new Date();
    const logger = createLogger({ level: "silent" });
    workers.push(await startWorkers({ services, databaseUrl: test.url, queues, subscribers: [], clock, logger }));
  }

  /** Runs of a stage; the schedule may add its own to those that are asked for here. */
  const runsOf = async (stage: string, state: string, communityId: Id) =>
    (
      await test.rows<{ count: number }>(
        "select count(*)::int as count from pipeline_runs where stage = $1 and state = $2 and community_id = $3",
        [stage, state, communityId],
      )
    )[0]!.count;

  const communitiesWith = async (stage: string, state: string, of: readonly Id[]) => {
    const counts = await Promise.all(of.map((communityId) => runsOf(stage, state, communityId)));
    return counts.filter((count) => count > 0).length;
  };

  const unfinished = async (queues: Queues, of: Id) => {
    const jobs = await queues.queue("pipeline-long").getJobs(["waiting", "delayed", "active"]);
    return jobs.filter((job) => job.data.communityId === of).length;
  };

  /** Lets deliveries stand still, as behind a mail server that takes its time; nothing else needs their table here. */
  async function jamDeliveries(): Promise<void> {
    jam = new pg.Client({ connectionString: test.url });
    await jam.connect();
    await jam.query("begin; lock table nudge_deliveries in access exclusive mode");
  }

  const quietly = { timeout: 30_000, interval: 100 };

  it("let no short stage wait for a long one, of whatever community", { timeout: 60_000 }, async () => {
    const queues = open();
    await work(queues);
    const communities = await someCommunities();
    await jamDeliveries();
    for (const communityId of communities) await enqueueStage(queues, { stage: "deliver-nudges", communityId });
    await expect.poll(() => communitiesWith("deliver-nudges", "running", communities), quietly).toBe(2);
    for (const communityId of communities) await enqueueStage(queues, { stage: "expire-coupon-holds", communityId });
    const freed = () => communitiesWith("expire-coupon-holds", "succeeded", communities);
    await expect.poll(freed, quietly).toBe(COMMUNITIES);
    expect(await communitiesWith("deliver-nudges", "running", communities)).toBe(2);
    await jam?.query("rollback");
    const delivered = () => communitiesWith("deliver-nudges", "succeeded", communities);
    await expect.poll(delivered, quietly).toBe(COMMUNITIES);
  });

  it("hold a community's stage once, and run it once more when asked while it runs", { timeout: 60_000 }, async () => {
    const queues = open();
    await work(queues);
    const [communityId = ""] = await someCommunities();
    await jamDeliveries();
    const ask = () => enqueueStage(queues, { stage: "deliver-nudges", communityId });
    await ask();
    await expect.poll(() => runsOf("deliver-nudges", "running", communityId), quietly).toBe(1);
    // As every five minutes of a jam that takes hours.
    await Promise.all(Array.from({ length: 40 }, ask));
    expect(await unfinished(queues, communityId)).toBe(1);
    const before = await runsOf("deliver-nudges", "succeeded", communityId);
    await jam?.query("rollback");
    await expect
      .poll(() => runsOf("deliver-nudges", "succeeded", communityId), quietly)
      .toBeGreaterThanOrEqual(before + 2);
    await expect.poll(() => unfinished(queues, communityId), quietly).toBe(0);
    const done = await runsOf("deliver-nudges", "succeeded", communityId);
    expect(done).toBeLessThan(before + 5);
    await ask();
    await expect.poll(() => runsOf("deliver-nudges", "succeeded", communityId), quietly).toBeGreaterThan(done);
  });

  it("hold it once before any worker takes it, and every past day that is asked for", async () => {
    const queues = open();
    const [communityId = ""] = await someCommunities();
    await Promise.all([1, 2, 3].map(() => enqueueStage(queues, { stage: "roll-up-events", communityId })));
    for (const asOf of ["2026-01-01", "2026-01-02"]) {
      await enqueueStage(queues, { stage: "roll-up-events", communityId, asOf });
    }
    const waiting = await queues.queue("pipeline").getJobs("waiting");
    expect(waiting.filter((job) => job.data.communityId === communityId)).toHaveLength(3);
  });

  it("know which stages are long", () => {
    expect(STAGES.filter((each) => each.isLong).map((each) => each.name)).toEqual([
      "train-churn",
      "deliver-nudges",
      "forget-expired",
    ]);
  });
});
