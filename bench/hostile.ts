import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { quantile } from "../src/math/intervals.ts";
import { withBenchDatabase } from "./bench-database.ts";
import { fillCommunity } from "./community-data.ts";
import type { AttackReport, AttackTask } from "./hostile-client.ts";
import { hostileRequests } from "./hostile-requests.ts";
import { median } from "./load.ts";
import { spawnServer } from "./servers/spawn-server.ts";
import { atMost, type Target } from "./targets.ts";
import { type HttpRequest, timeRequest } from "./timed-request.ts";

const ROUNDS = 3;
const INNOCENTS = { connections: 4, everyMs: 20 };
/** Connections of the attacker; 0 is the peace that the others are compared with. */
const STRENGTHS = [0, 1, 8];

const PAGE = `{ threads(first: 20) { nodes { id title author { displayName } lastReply { createdAt } } } }`;

interface StrengthFigures {
  readonly attackers: number;
  readonly innocentP50Ms: number;
  readonly innocentP99Ms: number;
  /** The innocents' p99 ÷ their p99 in peace. */
  readonly p99Ratio: number;
  readonly refusalsPerSecond: number;
}

export interface HostileResult {
  readonly name: "hostile";
  readonly figures: {
    readonly documents: number;
    /** The slowest of all kinds when the server has nothing else to do, each by its best of five. */
    readonly slowestRefusal: { readonly name: string; readonly ms: number };
    readonly innocentsPerSecond: number;
    readonly strengths: readonly StrengthFigures[];
  };
  readonly targets: readonly Target[];
}

/**
 * What hostile GraphQL costs those who ask for an ordinary page meanwhile. Rate limits are off, which would end the attack at once: this is
 * the worst that gets through to the limits on documents.
 */
export async function benchHostile(seconds = 6): Promise<HostileResult> {
  return withBenchDatabase(4, async ({ db, url }) => {
    await fillCommunity(db, url, { members: 1_000, threads: 2_000, postsPerThread: 4 });
    const folder = await mkdtemp(join(tmpdir(), "rekindle-bench-hostile-"));
    const environment = { DATABASE_URL: url, REKINDLE_FOLDER: folder, PORT: "0", REQUESTS_PER_MINUTE: "0" };
    const server = await spawnServer(fileURLToPath(new URL("./servers/rekindle.ts", import.meta.url)), environment);
    try {
      const graphql = `${server.url}/graphql`;
      const token = server.token ?? "";
      const innocent: HttpRequest = {
        url: graphql,
        headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
        body: JSON.stringify({ query: PAGE }),
      };
      const task = { url: graphql, token, seconds };
      // Both kinds warm up, uncounted.
      await measure(innocent, { ...task, connections: 8 });
      const slowestRefusal = await slowestAlone(graphql, token);

      const measured = STRENGTHS.map(() => [] as { p50: number; p99: number; refusals: number }[]);
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const [index, connections] of STRENGTHS.entries()) {
          measured[index]!.push(await measure(innocent, { ...task, connections }));
        }
      }
      const p99s = measured.map((rounds) => median(rounds.map(({ p99 }) => p99)));
      const strengths = measured.map((rounds, index) => ({
        attackers: STRENGTHS[index]!,
        innocentP50Ms: round2(median(rounds.map(({ p50 }) => p50))),
        innocentP99Ms: round2(p99s[index]!),
        p99Ratio: round2(p99s[index]! / p99s[0]!),
        refusalsPerSecond: Math.round(median(rounds.map(({ refusals }) => refusals)) / seconds),
      }));
      return {
        name: "hostile",
        figures: {
          documents: hostileRequests(graphql, token).size,
          slowestRefusal,
          innocentsPerSecond: (INNOCENTS.connections * 1_000) / INNOCENTS.everyMs,
          strengths,
        },
        targets: [
          atMost("slowestRefusal.ms", slowestRefusal.ms, 100),
          ...strengths.map(({ attackers, p99Ratio }) => atMost(`p99Ratio of ${attackers} attackers`, p99Ratio, 2)),
        ],
      };
    } finally {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });
}

/** Innocents for as long as the attack lasts, which comes from a process of its own. */
async function measure(
  innocent: HttpRequest,
  task: AttackTask,
): Promise<{ p50: number; p99: number; refusals: number }> {
  const attack = task.connections === 0 ? null : attackFromProcess(task);
  const agent = new Agent({ keepAlive: true, maxSockets: INNOCENTS.connections });
  const until = performance.now() + task.seconds * 1_000;
  const latencies: number[] = [];
  await Promise.all(
    Array.from({ length: INNOCENTS.connections }, async () => {
      while (performance.now() < until) {
        const { status, ms } = await timeRequest(agent, innocent);
        if (status !== 200) throw new Error(`an innocent is answered with ${status}`);
        latencies.push(ms);
        await sleep(Math.max(0, INNOCENTS.everyMs - ms));
      }
    }),
  );
  agent.destroy();
  const sorted = Float64Array.from(latencies).sort();
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), refusals: (await attack)?.refusals ?? 0 };
}

async function attackFromProcess(task: AttackTask): Promise<AttackReport> {
  const client = fork(fileURLToPath(new URL("./hostile-client.ts", import.meta.url)), {
    execArgv: ["--import", "tsx"],
  });
  client.send(task);
  const [report] = await Promise.race([
    once(client, "message"),
    once(client, "exit").then(([code]) => {
      throw new Error(`the attacker ended with ${code} before it reported`);
    }),
  ]);
  return report as AttackReport;
}

async function slowestAlone(url: string, token: string): Promise<{ name: string; ms: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let slowest = { name: "", ms: 0 };
  for (const [name, request] of hostileRequests(url, token)) {
    let best = Number.POSITIVE_INFINITY;
    for (let attempt = 0; attempt < 5; attempt += 1) best = Math.min(best, (await timeRequest(agent, request)).ms);
    if (best > slowest.ms) slowest = { name, ms: round2(best) };
  }
  agent.destroy();
  return slowest;
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  process.stdout.write(`${JSON.stringify(await benchHostile(), null, 2)}\n`);
}
