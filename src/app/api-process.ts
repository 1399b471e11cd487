import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Redis } from "ioredis";
import { buildApiSchema } from "../../schema/api-schema.ts";
import { type Context, createContext, type Services } from "../../schema/context.ts";
import { GUESS_LIMIT } from "../../schema/coupons/guess-limits.ts";
import { batchRoute } from "../../schema/events/batch-route.ts";
import type { OperationManifest } from "../../schema/graphql/admission.ts";
import { addressErrors, unauthenticated } from "../../schema/graphql/errors.ts";
import { acceptedLanguage } from "../../schema/http/accepted-language.ts";
import { type ApiServer, createApiServer } from "../../schema/http/api-server.ts";
import type { CallerRequest } from "../../schema/http/caller.ts";
import { startPageRoute } from "../../schema/http/start-page.ts";
import { stageNamed } from "../../workers/pipeline.ts";
import { enqueueStage } from "../../workers/worker-process.ts";
import { IngestBuffer } from "../events/ingest-buffer.ts";
import { Authenticator } from "../identity/authentication.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Config } from "../platform/config.ts";
import type { Logger } from "../platform/logging.ts";
import type { PubSub } from "../platform/pubsub.ts";
import { PostgresPubSub } from "../platform/pubsub-postgres.ts";
import { RedisPubSub } from "../platform/pubsub-redis.ts";
import { createMemoryRateLimiter, type RateLimiter } from "../platform/rate-limiter.ts";
import { createPostgresRateLimiter, createRedisRateLimiter } from "../platform/rate-limiter-shared.ts";
import { openQueues, outagesOf, type RunningProcess } from "./worker-process.ts";
import type { Workspace } from "./workspace.ts";

export interface ApiProcess extends RunningProcess {
  /** Where it listens, `http://127.0.0.1:4000`. */
  readonly address: string;
}

/** Starts the API of this process on a workspace. */
export async function startApiProcess(workspace: Workspace, logger: Logger): Promise<ApiProcess> {
  const { config, db, clock, crypto, databaseUrl } = workspace;
  const warn = outagesOf(workspace, logger);
  const redis = config.redisUrl === null ? null : new Redis(config.redisUrl);
  redis?.on("error", warn);
  const pubSub: PubSub =
    config.redisUrl === null ? new PostgresPubSub(db.pool, databaseUrl, warn) : new RedisPubSub(config.redisUrl, warn);
  const authenticator = new Authenticator({ db, crypto, clock, localIssuer: await workspace.secrets.localIssuer() });
  const guessLimiter =
    redis === null
      ? createPostgresRateLimiter(db.pool, "guess", GUESS_LIMIT)
      : createRedisRateLimiter(redis, "guess", GUESS_LIMIT);
  const queues = openQueues(workspace, logger);
  const services: Services = {
    ...{ db, crypto, pubSub, guessLimiter, clock },
    enqueueStage: async (communityId, stage) => {
      if (stageNamed(stage) === undefined) throw new Refusal("not-found", { what: "stage", id: stage }, "stage");
      await enqueueStage(queues, { communityId, stage });
    },
  };
  const buffer = new IngestBuffer({ db });
  const authenticate = (credential: string) => authenticator.authenticate(credential);
  const api: ApiServer = await createApiServer<Context>({
    schema: await buildApiSchema(),
    buildContext: (caller) => contextOf(services, authenticator, caller),
    payerOf: ({ viewer, address }) => ({ actor: viewer?.memberId ?? null, address }),
    localeOf: ({ locale }) => locale,
    clock,
    logger,
    production: config.production,
    rateLimits: requestLimits(config, redis),
    ...(await persistedOperations(config)),
    readiness: { database: () => db.pool.query("select 1"), ...(redis === null ? {} : { redis: () => redis.ping() }) },
    metrics: {
      token: config.metricsToken ?? undefined,
      open: config.metricsOpen,
      gauges: [
        {
          name: "rekindle_database_connections",
          help: "Connections to the database: busy, idle, and requests that wait for one.",
          read: () => db.connections,
        },
      ],
    },
    allowedOrigins: config.allowedOrigins,
    trustedProxies: config.trustedProxies,
    graphiql: config.graphiql ? { cacheFolder: join(config.folder, "graphiql") } : undefined,
    drain: { announceMs: config.production ? 5_000 : 0, graceMs: 10_000 },
    routes: [
      batchRoute({ db, crypto, buffer, authenticate, clock, logger }),
      startPageRoute({ graphiql: config.graphiql, production: config.production }),
    ],
  });
  const address = await api.listen({ host: config.host, port: config.port });
  return {
    address,
    close: async () => {
      await api.close();
      await pubSub.close();
      await queues.close();
      redis?.disconnect();
    },
  };
}

async function contextOf(services: Services, authenticator: Authenticator, caller: CallerRequest): Promise<Context> {
  const { authorization, address } = caller;
  const language = acceptedLanguage(caller.headers);
  if (authorization === undefined) return createContext(services, { viewer: null, address, language });
  const credential = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  const viewer = credential === undefined ? null : await authenticator.authenticate(credential);
  if (viewer === null) {
    const refused = unauthenticated();
    addressErrors([refused], language);
    throw refused;
  }
  return createContext(services, { viewer, address });
}

/** Counted in this process, or over all of them where there is Redis. */
function requestLimits(config: Config, redis: Redis | null): { address?: RateLimiter; actor?: RateLimiter } {
  if (config.requestsPerMinute === 0) return {};
  const limiter = (name: string, points: number) => {
    const limit = { points, windowSeconds: 60 };
    return redis === null ? createMemoryRateLimiter(limit) : createRedisRateLimiter(redis, name, limit);
  };
  // A school or an office shares one address.
  return {
    address: limiter("address", config.requestsPerMinute * 10),
    actor: limiter("actor", config.requestsPerMinute),
  };
}

async function persistedOperations(
  config: Config,
): Promise<{ operations?: "persisted-only"; manifest?: OperationManifest }> {
  if (config.persistedOperations === null) return {};
  const manifest = JSON.parse(await readFile(config.persistedOperations, "utf8")) as OperationManifest;
  return { operations: "persisted-only", manifest };
}
