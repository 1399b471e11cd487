import { afterAll, beforeAll } from "vitest";
import { buildApiSchema } from "../../schema/api-schema.ts";
import { type Context, createContext, type Services } from "../../schema/context.ts";
import { GUESS_LIMIT } from "../../schema/coupons/guess-limits.ts";
import { acceptedLanguage } from "../../schema/http/accepted-language.ts";
import { type ApiServer, createApiServer } from "../../schema/http/api-server.ts";
import type { Viewer } from "../../src/identity/viewer.ts";
import type { Id } from "../../src/kernel/ids.ts";
import type { Clock } from "../../src/kernel/instant.ts";
import { Refusal } from "../../src/kernel/refusal.ts";
import { Crypto } from "../../src/platform/crypto.ts";
import { createLogger } from "../../src/platform/logging.ts";
import { PostgresPubSub } from "../../src/platform/pubsub-postgres.ts";
import { createMemoryRateLimiter } from "../../src/platform/rate-limiter.ts";
import { stageNamed } from "../../workers/pipeline.ts";
import { CountingDatabase } from "./counted-statements.ts";
import type { TestDatabase } from "./test-database.ts";

// biome-ignore lint/suspicious/noExplicitAny: answers are read by path in assertions
export type Data = any;

/** The product's API on a free port, over a test's database; who asks is given, not proven. */
export interface TestApi {
  readonly url: string;
  /** What goes into `Authorization` (and `connection_init`) to be `viewer`. */
  credential(viewer: Viewer): string;
  /** The answer's `data`; fails on top-level errors. */
  ask(viewer: Viewer | null, query: string, variables?: Record<string, unknown>): Promise<Data>;
  /** The whole answer. */
  send(viewer: Viewer | null, query: string, variables?: Record<string, unknown>): Promise<Data>;
  /** The stages that the workers were asked to run. */
  readonly enqueued: readonly { communityId: Id; stage: string }[];
  /** How many SQL statements the reads that `work` asked for took. */
  statements(work: () => Promise<unknown>): Promise<number>;
}

/** Serves the API for this test file. Call it after `useDatabase`. */
export function useApi(test: TestDatabase, clock: Clock): TestApi {
  const viewers = new Map<string, Viewer>();
  let api: ApiServer;
  let url = "";
  let services: Services;
  let db: CountingDatabase;
  const enqueued: { communityId: Id; stage: string }[] = [];

  beforeAll(async () => {
    db = new CountingDatabase({ url: test.url, poolSize: 5, applicationName: "rekindle-test-api" });
    services = {
      db,
      crypto: new Crypto([{ id: "test", secret: Buffer.alloc(32, 7).toString("base64") }]),
      pubSub: new PostgresPubSub(db.pool, test.url),
      guessLimiter: createMemoryRateLimiter(GUESS_LIMIT),
      clock,
      enqueueStage: async (communityId, stage) => {
        if (stageNamed(stage) === undefined) throw new Refusal("not-found", { what: "stage", id: stage }, "stage");
        enqueued.push({ communityId, stage });
      },
    };
    api = await createApiServer<Context>({
      schema: await buildApiSchema(),
      buildContext: async ({ authorization, address, headers }) => {
        const viewer = viewers.get(authorization ?? "") ?? null;
        return createContext(services, { viewer, address, language: acceptedLanguage(headers) });
      },
      payerOf: ({ viewer, address }) => ({ actor: viewer?.memberId ?? null, address }),
      localeOf: ({ locale }) => locale,
      clock,
      logger: createLogger({ level: "silent" }),
      production: false,
    });
    url = await api.listen({ host: "127.0.0.1", port: 0 });
  });

  afterAll(async () => {
    await api.close();
    await services.pubSub.close();
    await db.close();
  });

  const credential = (viewer: Viewer) => {
    const token = `Bearer ${viewer.memberId}`;
    viewers.set(token, viewer);
    return token;
  };
  const send: TestApi["send"] = async (viewer, query, variables) => {
    const response = await fetch(`${url}/graphql`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(viewer === null ? {} : { authorization: credential(viewer) }),
      },
      body: JSON.stringify({ query, variables }),
    });
    return response.json();
  };

  return {
    enqueued,
    get url() {
      return url;
    },
    credential,
    send,
    ask: async (viewer, query, variables) => {
      const { data, errors } = await send(viewer, query, variables);
      if (errors !== undefined) throw new Error(JSON.stringify(errors));
      return data;
    },
    statements: async (work) => {
      const before = db.statements;
      await work();
      return db.statements - before;
    },
  };
}
