import { expect, it } from "vitest";
import { migrateQueues } from "../../workers/queues.ts";
import { describeOnBothBackends } from "./queue-backends.ts";

describeOnBothBackends("Queues", ({ connection, open, redis }) => {
  it("carry data to one worker among many, as it was", async () => {
    const seen: unknown[] = [];
    for (let n = 0; n < 3; n += 1) {
      open().work("pipeline", async (job) => void seen.push(job.data), { concurrency: 2 });
    }
    const sent = Array.from({ length: 30 }, (_, n) => ({
      n,
      text: "新的一天 'quoted' \\ ✓",
      deep: { list: [null, 1.5] },
    }));
    await open()
      .queue("pipeline")
      .addBulk(sent.map((data) => ({ name: "carry", data })));
    await expect.poll(() => seen.length, { timeout: 10_000 }).toBe(30);
    expect(seen).toEqual(expect.arrayContaining(sent));
  });

  it("keep queues apart", async () => {
    const queues = open();
    const seen: string[] = [];
    queues.work("domain-events", async (job) => void seen.push(job.name), { concurrency: 1 });
    await queues.queue("pipeline").add("not mine", {});
    await queues.queue("domain-events").add("mine", {});
    await expect.poll(() => seen).toEqual(["mine"]);
    expect(await queues.queue("pipeline").getJobCounts("waiting")).toEqual({ waiting: 1 });
    await queues.queue("pipeline").obliterate({ force: true });
  });

  it("take a job's id once, and none with a colon", async () => {
    const queue = open().queue("pipeline");
    await queue.add("first", {}, { jobId: "once" });
    await queue.addBulk([{ name: "second", data: {}, opts: { jobId: "once" } }]);
    expect((await queue.getJob("once"))?.name).toBe("first");
    expect(await queue.getJobCounts("waiting")).toEqual({ waiting: 1 });
    await expect(queue.add("named", {}, { jobId: "stage:one" })).rejects.toThrow(/cannot contain :/);
    await queue.obliterate({ force: true });
  });

  it("let running jobs finish when they are closed, and start no others", async () => {
    const queues = open();
    let started = 0;
    let finished = 0;
    queues.work(
      "pipeline",
      async () => {
        started += 1;
        await new Promise((resolve) => setTimeout(resolve, 300));
        finished += 1;
      },
      { concurrency: 1 },
    );
    await queues.queue("pipeline").addBulk([
      { name: "one", data: {} },
      { name: "two", data: {} },
    ]);
    await expect.poll(() => started, { timeout: 10_000 }).toBe(1);
    await queues.close();
    expect([started, finished]).toEqual([1, 1]);
    await open().queue("pipeline").obliterate({ force: true });
  });

  it("may be migrated again, and by several at once", async () => {
    await Promise.all([1, 2, 3].map(() => migrateQueues(connection())));
  });

  if (redis !== null) {
    it("tell whoever adds a job soon that Redis is away", { timeout: 30_000 }, async () => {
      const queues = open();
      await queues.queue("pipeline").add("before", {});
      await redis.kill();
      const startedAt = performance.now();
      await expect(queues.queue("pipeline").add("while away", {})).rejects.toThrow();
      expect(performance.now() - startedAt).toBeLessThan(5_000);
      await redis.start();
      await expect
        .poll(() => queues.queue("pipeline").getJobCounts("waiting"), { timeout: 10_000 })
        .toEqual({
          waiting: 1,
        });
    });

    it("can be closed while Redis is away", { timeout: 30_000 }, async () => {
      const queues = open();
      queues.work("pipeline", async () => {}, { concurrency: 1 });
      await queues.queue("pipeline").getJobCounts("waiting");
      await redis.kill();
      const startedAt = performance.now();
      await queues.close();
      expect(performance.now() - startedAt).toBeLessThan(10_000);
      await redis.start();
    });
  }
});
