import { ApolloServer, type ApolloServerPlugin, type BaseContext, type GraphQLRequestContext } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import type { FormattedExecutionResult, GraphQLSchema } from "graphql";
import type { Locale } from "../../drizzle/tables/identity.ts";
import type { Logger } from "../../src/platform/logging.ts";
import type { Admission } from "./admission.ts";
import { compiledExecution } from "./compiled-execution.ts";
import { addressErrors, type FormatError, isAnswered, publicError, statusOfAnswer } from "./errors.ts";
import { charge, type Payer, pointsOf, type RateLimits } from "./rate-limits.ts";

/** One GraphQL operation that was answered, for metrics. */
export interface OperationRecord {
  readonly name: string | null;
  readonly type: "query" | "mutation" | "subscription" | "unknown";
  /** `ok`, or the code of the first error. */
  readonly outcome: string;
  readonly durationMs: number;
}

export interface ApolloOptions<TContext extends BaseContext> {
  readonly schema: GraphQLSchema;
  readonly admission: Admission;
  readonly formatError: FormatError;
  readonly rateLimits: RateLimits;
  readonly payerOf: (context: TContext) => Payer;
  /** The language in which a refused query is worded. */
  readonly localeOf: (context: TContext) => Locale;
  readonly onOperation: (record: OperationRecord) => void;
  readonly production: boolean;
  readonly logger: Logger;
}

/** Apollo Server with everything off that would slow it down, call out, or tell more than the schema says. */
export function createApollo<TContext extends BaseContext>(options: ApolloOptions<TContext>): ApolloServer<TContext> {
  return new ApolloServer<TContext>({
    schema: options.schema,
    formatError: options.formatError,
    logger: options.logger,
    nodeEnv: options.production ? "production" : "development",
    introspection: !options.production,
    hideSchemaDetailsFromClientErrors: options.production,
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    stopOnTerminationSignals: false,
    persistedQueries: { cache: persistedDocuments(options.admission) },
    plugins: [
      ApolloServerPluginCacheControlDisabled(), // costs a quarter of the time of an answer from memory
      ApolloServerPluginUsageReportingDisabled(), // an APOLLO_KEY in the environment must not make us call home
      ApolloServerPluginLandingPageDisabled(), // loads a page from Apollo's servers
      chargeAndRecord(options),
      compiledExecution<TContext>(options),
    ],
  });
}

/** Charges each operation before it runs, gives the answer its HTTP status, and records how it went. */
function chargeAndRecord<TContext extends BaseContext>(options: ApolloOptions<TContext>): ApolloServerPlugin<TContext> {
  const { admission, rateLimits, payerOf, logger } = options;
  return {
    async requestDidStart() {
      const startedAt = performance.now();
      return {
        async didResolveOperation({ source, operationName, contextValue }) {
          const operation = admission.admit(source).cost.operations.get(operationName);
          if (operation?.type === "subscription") {
            throw publicError("BAD_REQUEST", "Subscriptions run over a WebSocket (graphql-transport-ws) on this path.");
          }
          const points = operation === undefined ? 1 : pointsOf(operation);
          const { actor, address } = payerOf(contextValue);
          // The address paid one point when the request arrived.
          await charge(rateLimits.address, address, points - 1, logger);
          if (actor !== null) await charge(rateLimits.actor, actor, points, logger);
        },
        async didEncounterErrors({ errors, contextValue }) {
          addressErrors(errors, options.localeOf(contextValue));
        },
        async willSendResponse(requestContext) {
          const { body, http } = requestContext.response;
          if (body.kind !== "single") return;
          setStatus(http, body.singleResult);
          options.onOperation(recordOf(requestContext, body.singleResult, performance.now() - startedAt));
        },
      };
    },
  };
}

/** A partial answer is a success; a status that Apollo chose for a request it refused stands. */
function setStatus(http: { status?: number }, answer: FormattedExecutionResult): void {
  if (isAnswered(answer)) http.status = 200;
  else http.status ??= statusOfAnswer(answer);
}

function recordOf<TContext extends BaseContext>(
  { operation, operationName }: GraphQLRequestContext<TContext>,
  answer: FormattedExecutionResult,
  durationMs: number,
): OperationRecord {
  const code = answer.errors?.[0]?.extensions?.code;
  const outcome = answer.errors === undefined ? "ok" : typeof code === "string" ? code : "INTERNAL_SERVER_ERROR";
  return { name: operationName ?? null, type: operation?.operation ?? "unknown", outcome, durationMs };
}

/** Automatic persisted queries over the bounded store of {@link Admission}; Apollo stores a document only once it is valid. */
function persistedDocuments(admission: Admission) {
  const hashOf = (key: string) => key.replace(/^apq:/, "");
  return {
    get: async (key: string) => admission.findPersisted(hashOf(key)),
    set: async (key: string, source: string) => admission.register(hashOf(key), source),
    delete: async () => false,
  };
}
