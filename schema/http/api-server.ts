import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { BaseContext } from "@apollo/server";
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from "fastify";
import type { GraphQLSchema } from "graphql";
import type { Registry } from "prom-client";
import type { Locale } from "../../drizzle/tables/identity.ts";
import { newId } from "../../src/kernel/ids.ts";
import type { Clock } from "../../src/kernel/instant.ts";
import type { Logger } from "../../src/platform/logging.ts";
import { Admission, type OperationManifest } from "../graphql/admission.ts";
import { createApollo } from "../graphql/apollo-server.ts";
import { createFormatError } from "../graphql/errors.ts";
import { type DocumentLimits, defaultDocumentLimits } from "../graphql/limits.ts";
import type { Payer, RateLimits } from "../graphql/rate-limits.ts";
import { subscriptionProtocol } from "../graphql/subscriptions.ts";
import { type CallerRequest, callerOfUpgrade, trustProxies } from "./caller.ts";
import { allowOrigins } from "./cors.ts";
import { addSafeHeaders, answerBadUrl, replyWithErrors } from "./error-replies.ts";
import { graphiqlRoutes } from "./graphiql-routes.ts";
import { graphqlRoute } from "./graphql-route.ts";
import { healthRoutes, type ReadinessCheck } from "./health-routes.ts";
import { createMetrics, type GaugeSource, type Metrics, metricsRoute } from "./metrics.ts";
import { acceptWebsockets } from "./websockets.ts";

export interface ApiServerOptions<TContext extends BaseContext> {
  readonly schema: GraphQLSchema;
  /** Makes the context of a request, or of one event of a subscription. Throws `unauthenticated()` for a token that is no good. */
  readonly buildContext: (caller: CallerRequest) => Promise<TContext>;
  readonly payerOf: (context: TContext) => Payer;
  /** The language in which a refused query is worded; English unless given. */
  readonly localeOf?: (context: TContext) => Locale;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Hides the schema (introspection, suggestions) from those who do not have it. */
  readonly production: boolean;
  readonly limits?: Partial<DocumentLimits>;
  readonly bodyBytesMax?: number;
  readonly rateLimits?: RateLimits;
  /** Which documents are run: any within the limits, or only those of `manifest`. */
  readonly operations?: "any" | "persisted-only";
  readonly manifest?: OperationManifest;
  readonly readiness?: Readonly<Record<string, ReadinessCheck>>;
  readonly readinessTimeoutMs?: number;
  readonly metrics?: {
    readonly registry?: Registry;
    readonly gauges?: readonly GaugeSource[];
    /** When given, `/metrics` answers those who bring it as a bearer token. */
    readonly token?: string;
    /** Whether it answers everybody while there is no token; not in production unless given. */
    readonly open?: boolean;
  };
  /** Routes of other domains; each list entry gets a fastify scope of its own. */
  readonly routes?: readonly ((app: FastifyInstance) => void | Promise<void>)[];
  /** Origins whose pages may call this server from a browser. */
  readonly allowedOrigins?: readonly string[];
  /** Addresses and networks of our own proxies: only their `X-Forwarded-For` is believed. None unless given. */
  readonly trustedProxies?: readonly string[];
  /** Serves GraphiQL at `/graphiql`; its files are kept in `cacheFolder`. Off unless given. */
  readonly graphiql?: { readonly cacheFolder: string };
  readonly websockets?: { readonly connectionsPerAddressMax: number; readonly subscriptionsPerConnectionMax: number };
  readonly drain?: {
    /** How long `/readyz` says 503 before connections are refused, so that balancers notice. */
    readonly announceMs: number;
    /** How long requests in flight may take to finish. */
    readonly graceMs: number;
  };
}

export interface ApiServer {
  readonly app: FastifyInstance;
  /** Starts to accept connections; resolves to the address, `http://127.0.0.1:4000`. Port 0 takes a free one. */
  listen(at: { host: string; port: number }): Promise<string>;
  /** Drains: says so, stops accepting, finishes what is in flight, closes WebSockets with 1001. */
  close(): Promise<void>;
}

const REQUEST_TIMEOUT_MS = 30_000;

/** The API as one server: GraphQL over HTTP and WebSockets at `/graphql`, health, metrics, GraphiQL, and the routes of others. */
export async function createApiServer<TContext extends BaseContext>(
  options: ApiServerOptions<TContext>,
): Promise<ApiServer> {
  const { schema, logger, production, buildContext, payerOf, clock } = options;
  const { bodyBytesMax = 100 * 1024, rateLimits = {}, operations = "any" } = options;
  const { announceMs, graceMs } = options.drain ?? { announceMs: 0, graceMs: 10_000 };
  const trusts = trustProxies(options.trustedProxies ?? []);
  let draining = false;

  const limits = { ...defaultDocumentLimits, ...options.limits };
  const admission = new Admission({ schema, limits, manifest: options.manifest, operations });
  const metrics = createMetrics({ ...options.metrics, operationNames: admission.operationNames() });
  const formatError = createFormatError({
    newErrorId: () => newId(clock()),
    reportBug: ({ errorId, error, path }) =>
      logger.error({ err: error, errorId, path }, "a request failed on a bug or outage"),
  });
  const localeOf = options.localeOf ?? (() => "en" as const);
  const apollo = createApollo<TContext>({
    ...{ schema, admission, formatError, rateLimits, payerOf, localeOf, production, logger },
    onOperation: metrics.recordOperation,
  });
  await apollo.start();

  const app = fastify({
    frameworkErrors: answerBadUrl(formatError),
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    trustProxy: trusts,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: "idle",
    bodyLimit: bodyBytesMax,
  });
  replyWithErrors(app, formatError);
  observeRequests(app, metrics, logger);
  allowOrigins(app, options.allowedOrigins ?? []);

  const isDraining = () => draining;
  const checkTimeoutMs = options.readinessTimeoutMs ?? 2_000;
  await app.register(healthRoutes({ checks: options.readiness ?? {}, isDraining, checkTimeoutMs, logger }));
  await app.register(
    metricsRoute(metrics, { token: options.metrics?.token, open: options.metrics?.open ?? !production }),
  );
  await app.register(graphqlRoute<TContext>({ apollo, admission, rateLimits, buildContext, bodyBytesMax, logger }));
  if (options.graphiql !== undefined) await app.register(graphiqlRoutes(options.graphiql.cacheFolder));
  for (const route of options.routes ?? []) await app.register(async (scope) => route(scope));

  const { connectionsPerAddressMax, subscriptionsPerConnectionMax } = options.websockets ?? {
    connectionsPerAddressMax: 100,
    subscriptionsPerConnectionMax: 20,
  };
  const websockets = acceptWebsockets({
    ...{
      server: app.server,
      path: "/graphql",
      messageBytesMax: bodyBytesMax,
      trusts,
      isDraining,
      production,
    },
    connectionsPerAddressMax,
    onConnectionCount: (open) => metrics.websockets.set(open),
    protocol: subscriptionProtocol<TContext>({
      ...{ schema, admission, formatError, rateLimits, buildContext, payerOf, localeOf, production, logger },
      subscriptionsPerConnectionMax,
      callerOfUpgrade: (request) => callerOfUpgrade(request, trusts, randomUUID()),
    }),
  });
  app.addHook("preClose", () => websockets.close());

  return {
    app,
    listen: (at) => app.listen(at),
    async close() {
      if (draining) return;
      draining = true;
      await delay(announceMs);
      const cutOff = setTimeout(() => app.server.closeAllConnections(), graceMs);
      // A connection whose last request ends now would be kept alive for the next one.
      const letGo = setInterval(() => app.server.closeIdleConnections(), 50);
      await app.close();
      clearInterval(letGo);
      clearTimeout(cutOff);
      await apollo.stop();
      metrics.close();
    },
  };
}

/** Headers that every answer has, one measurement for each, and a log line at `debug`. */
function observeRequests(app: FastifyInstance, metrics: Metrics, logger: Logger): void {
  app.addHook("onRequest", async (request, reply) => {
    addSafeHeaders(request, reply);
  });
  app.addHook("onResponse", async ({ method, routeOptions, id }, reply) => {
    const route = routeOptions.url ?? "(none)";
    metrics.recordRequest(method, route, reply.statusCode, reply.elapsedTime);
    if (!logger.isLevelEnabled("debug")) return;
    const durationMs = Math.round(reply.elapsedTime * 10) / 10;
    logger.debug({ requestId: id, method, route, status: reply.statusCode, durationMs }, "answered");
  });
}
