import { Agent, request } from "node:http";

/** What the process is to send, and as whom. */
export interface ClientTask {
  readonly port: number;
  readonly key: string;
  readonly connections: number;
  readonly requests: number;
  readonly eventsPerRequest: number;
  readonly users: number;
  /** Makes message ids new in each round. */
  readonly round: number;
}

export interface ClientReport {
  readonly seconds: number;
  readonly refused: number;
  readonly latenciesMs: readonly number[];
}

/** A platform's backend: batches that were made before the clock starts, sent over `connections` that stay open. */
async function run(task: ClientTask): Promise<ClientReport> {
  const bodies = Array.from({ length: task.requests }, (_, index) => makeBody(task, index));
  const agent = new Agent({ keepAlive: true, maxSockets: task.connections });
  const latenciesMs: number[] = [];
  let refused = 0;
  let next = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: task.connections }, async () => {
      while (next < bodies.length) {
        const body = bodies[next++]!;
        const sentAt = performance.now();
        // A sender that is told to come back does, with the same ids.
        while ((await post(agent, task, body)) !== 200) {
          refused += 1;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        latenciesMs.push(performance.now() - sentAt);
      }
    }),
  );
  agent.destroy();
  return { seconds: (performance.now() - startedAt) / 1_000, refused, latenciesMs };
}

function makeBody(task: ClientTask, index: number): Buffer {
  const batch = Array.from({ length: task.eventsPerRequest }, (_, row) => {
    const number = index * task.eventsPerRequest + row;
    return {
      type: "track",
      messageId: `bench-${task.round}-${number}`,
      userId: `user-${(number * 7_919) % task.users}`,
      event: "Lesson Completed",
      properties: { lesson: `lesson-${number % 300}`, course: `course-${number % 20}`, seconds: number % 900 },
      timestamp: "2026-03-01T08:00:00.000Z",
      context: { library: { name: "analytics-node", version: "2.2.0" } },
    };
  });
  return Buffer.from(JSON.stringify({ batch, sentAt: "2026-03-01T08:00:01.000Z" }));
}

function post(agent: Agent, task: ClientTask, body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        agent,
        port: task.port,
        host: "127.0.0.1",
        path: "/v1/batch",
        method: "POST",
        headers: {
          authorization: `Basic ${Buffer.from(`${task.key}:`).toString("base64")}`,
          "content-type": "application/json",
          "content-length": body.length,
        },
      },
      (response) => {
        response.resume();
        response.on("end", () => resolve(response.statusCode ?? 0));
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

process.once("message", async (task: ClientTask) => {
  process.send?.(await run(task));
  process.disconnect?.();
});
