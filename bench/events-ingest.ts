import { fork } from "node:child_process";
import { fileURLToPath, pathToFileURL } from "node:url";
import Fastify from "fastify";
import pg from "pg";
import { communities } from "../drizzle/tables/identity.ts";
import { batchRoute } from "../schema/events/batch-route.ts";
import { CLIENT_ISSUER } from "../src/events/ingest-actions.ts";
import { IngestBuffer } from "../src/events/ingest-buffer.ts";
import type { Viewer } from "../src/identity/viewer.ts";
import { type Id, newId } from "../src/kernel/ids.ts";
import { systemClock } from "../src/kernel/instant.ts";
import { quantile } from "../src/math/intervals.ts";
import { Crypto } from "../src/platform/crypto.ts";
import { createLogger } from "../src/platform/logging.ts";
import { type BenchDatabase, withBenchDatabase } from "./bench-database.ts";
import { copyIn } from "./copy-in.ts";
import type { ClientReport, ClientTask } from "./events-client.ts";
import { atLeast, type Target } from "./targets.ts";

/** Events a second, durable before the answer, beside PostgreSQL's own COPY into the same table. */
export interface EventsIngestResult {
  readonly name: "events-ingest";
  readonly figures: {
    readonly eventsPerRound: number;
    /** One a round, the two ways in turn. */
    readonly httpEventsPerSecond: readonly number[];
    readonly copyRowsPerSecond: readonly number[];
    /** Of the medians. */
    readonly ratioToCopy: number;
    readonly requestMs: { readonly p50: number; readonly p99: number };
    /** Answers that told the sender to come back. */
    readonly refused: number;
  };
  readonly targets: readonly Target[];
}

const ROUNDS = 3;
const USERS = 5_000;
const LOAD = { connections: 32, requests: 1_000, eventsPerRequest: 100 } as const;
const EVENTS = LOAD.requests * LOAD.eventsPerRequest;

/** Server, client (a process) and PostgreSQL with fsync on share the machine, for both ways. */
export async function benchEventsIngest(): Promise<EventsIngestResult> {
  return withBenchDatabase(10, async (database) => {
    const { communityId, memberIds } = await aCommunityOfUsers(database);
    const viewer: Viewer = {
      communityId,
      memberId: memberIds[0]!,
      role: "service",
      locale: "en",
      timeZone: "UTC",
      suspended: false,
      scopes: ["events:import"],
    };
    const app = Fastify();
    await app.register(
      batchRoute({
        db: database.db,
        crypto: new Crypto([{ id: "bench", secret: Buffer.alloc(32, 7).toString("base64") }]),
        buffer: new IngestBuffer({ db: database.db }),
        authenticate: async (credential) => (credential === "bench" ? viewer : null),
        clock: systemClock,
        logger: createLogger({ level: "error" }),
      }),
    );
    await app.listen({ port: 0, host: "127.0.0.1" });
    const { port } = app.server.address() as { port: number };
    const owner = new pg.Client({ connectionString: database.url });
    await owner.connect();
    try {
      const http: ClientReport[] = [];
      const copyRowsPerSecond: number[] = [];
      // The first round of each warms both up, and is not counted.
      for (let round = 0; round <= ROUNDS; round += 1) {
        const copied = await timeCopy(owner, communityId, memberIds, round);
        const sent = await sendFromProcess({ port, key: "bench", users: USERS, round, ...LOAD });
        if (round === 0) continue;
        copyRowsPerSecond.push(EVENTS / copied);
        http.push(sent);
      }
      await assertStored(owner, communityId);
      const httpEventsPerSecond = http.map(({ seconds }) => EVENTS / seconds);
      const latencies = Float64Array.from(http.flatMap(({ latenciesMs }) => latenciesMs)).sort();
      const ratioToCopy = median(httpEventsPerSecond) / median(copyRowsPerSecond);
      return {
        name: "events-ingest",
        figures: {
          eventsPerRound: EVENTS,
          httpEventsPerSecond: httpEventsPerSecond.map(Math.round),
          copyRowsPerSecond: copyRowsPerSecond.map(Math.round),
          ratioToCopy,
          requestMs: { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) },
          refused: http.reduce((sum, { refused }) => sum + refused, 0),
        },
        targets: [atLeast("ratioToCopy", ratioToCopy, 0.2)],
      };
    } finally {
      await owner.end();
      await app.close();
    }
  });
}

async function aCommunityOfUsers({ db }: BenchDatabase): Promise<{ communityId: Id; memberIds: Id[] }> {
  const now = systemClock();
  const communityId = newId(now);
  await db.system
    .insert(communities)
    .values({ id: communityId, slug: "bench", name: "Bench", locale: "en", timeZone: "UTC", createdAt: now });
  const memberIds = Array.from({ length: USERS }, () => newId(now));
  await db.transaction(communityId, async ({ client }) => {
    await client.query(
      `with joined as (
         insert into members (community_id, id, display_name, locale, time_zone, role, joined_at)
         select $1, id, 'user', 'en', 'UTC', 'member', $3 from unnest($2::uuid[]) id
       )
       insert into external_identities (community_id, issuer, subject, member_id, created_at)
       select $1, $4, 'user-' || (n - 1), id, $3 from unnest($2::uuid[]) with ordinality u(id, n)`,
      [communityId, memberIds, now, CLIENT_ISSUER],
    );
  });
  return { communityId, memberIds };
}

const CLIENT = fileURLToPath(new URL("./events-client.ts", import.meta.url));

function sendFromProcess(task: ClientTask): Promise<ClientReport> {
  return new Promise((resolve, reject) => {
    const client = fork(CLIENT, { execArgv: ["--import", "tsx"] });
    client.once("message", (report) => resolve(report as ClientReport));
    client.once("error", reject);
    client.once("exit", (code) => reject(new Error(`the client ended with ${code} before it reported`)));
    client.send(task);
  });
}

/** Seconds that a COPY of the same events takes, its text being ready. */
async function timeCopy(client: pg.Client, communityId: Id, memberIds: readonly Id[], round: number): Promise<number> {
  const at = "2026-03-01 08:00:00+00";
  const lines = Array.from({ length: EVENTS }, (_, number) => {
    const properties = JSON.stringify({
      lesson: `lesson-${number % 300}`,
      course: `course-${number % 20}`,
      seconds: number % 900,
    });
    const memberId = memberIds[(number * 7_919) % memberIds.length];
    return `${communityId}\tcopy-${round}-${number}\t${memberId}\t\\N\tlesson.completed\t${properties}\t${at}\t${at}\n`;
  });
  const chunks = Array.from({ length: EVENTS / 1_000 }, (_, chunk) =>
    Buffer.from(lines.slice(chunk * 1_000, (chunk + 1) * 1_000).join("")),
  );
  const startedAt = performance.now();
  await copyIn(
    client,
    `copy events (community_id, message_id, member_id, anonymous_id, kind, properties, occurred_at, received_at) from stdin`,
    chunks,
  );
  return (performance.now() - startedAt) / 1_000;
}

/** Every event of both ways is there, and has its member. */
async function assertStored(client: pg.Client, communityId: Id): Promise<void> {
  const { rows } = await client.query<{ stored: string }>(
    "select count(member_id) as stored from events where community_id = $1",
    [communityId],
  );
  const expected = 2 * (ROUNDS + 1) * EVENTS;
  if (Number(rows[0]?.stored) !== expected) throw new Error(`${rows[0]?.stored} of ${expected} events are stored`);
}

function median(values: readonly number[]): number {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  process.stdout.write(`${JSON.stringify(await benchEventsIngest(), null, 2)}\n`);
}
