import type { IncomingMessage } from "node:http";
import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  NoSchemaIntrospectionCustomRule,
  specifiedRules,
  validate,
} from "graphql";
import type { ServerOptions, SubscribePayload } from "graphql-ws";
import type { Extra } from "graphql-ws/use/ws";
import type { Locale } from "../../drizzle/tables/identity.ts";
import type { Logger } from "../../src/platform/logging.ts";
import type { CallerRequest } from "../http/caller.ts";
import type { Admission } from "./admission.ts";
import { addressErrors, type FormatError, publicError, toFormatted } from "./errors.ts";
import { charge, type Payer, pointsOf, type RateLimits } from "./rate-limits.ts";

export interface SubscriptionOptions<TContext extends object> {
  readonly schema: GraphQLSchema;
  readonly admission: Admission;
  readonly formatError: FormatError;
  readonly rateLimits: RateLimits;
  readonly buildContext: (caller: CallerRequest) => Promise<TContext>;
  /** Who asked for the upgrade that a connection began with. */
  readonly callerOfUpgrade: (request: IncomingMessage) => CallerRequest;
  readonly payerOf: (context: TContext) => Payer;
  /** The language in which what is refused is worded. */
  readonly localeOf: (context: TContext) => Locale;
  readonly subscriptionsPerConnectionMax: number;
  readonly production: boolean;
  readonly logger: Logger;
}

export type SubscriptionProtocol = ServerOptions<Record<string, unknown>, Extra>;
type Connection = Parameters<NonNullable<SubscriptionProtocol["onConnect"]>>[0];

/**
 * Subscriptions in the graphql-transport-ws protocol. `connection_init` carries `authorization`; a document meets the same limits
 * as over HTTP; and every event is executed with a context of its own, so that batch loaders never serve what they loaded for
 * an earlier event, and a token that has expired ends the subscription.
 */
export function subscriptionProtocol<TContext extends object>(
  options: SubscriptionOptions<TContext>,
): SubscriptionProtocol {
  const { formatError, buildContext, callerOfUpgrade, localeOf } = options;
  const validated = new WeakSet<object>();
  const format = (errors: readonly GraphQLError[]) => errors.map((error) => formatError(toFormatted(error), error));

  return {
    async onConnect(connection) {
      try {
        await buildContext(callerOf(connection, callerOfUpgrade));
        return true;
      } catch (error) {
        format([asGraphQLError(error)]); // logs what is no refusal
        return false; // closes with 4403
      }
    },
    async onSubscribe(connection, _id, payload) {
      try {
        const operation = readOperation(connection, payload, options, validated);
        const contextValue = await buildContext(operation.caller);
        await chargeOperation(operation, contextValue, options);
        return { ...operation, contextValue };
      } catch (error) {
        return [asGraphQLError(error)];
      }
    },
    subscribe: (args) => subscribeAfresh(args as Operation, buildContext, localeOf),
    onNext: (_connection, _id, _payload, _args, { errors, ...result }) =>
      errors === undefined ? undefined : { ...result, errors: format(errors) },
    onError: (_connection, _id, _payload, errors) => format(errors),
  };
}

/** What `onSubscribe` hands on to `subscribe`. */
type Operation = ExecutionArgs & { readonly source: string; readonly caller: CallerRequest };

/** @throws GraphQLError when the operation may not even be looked at. */
function readOperation<TContext extends object>(
  connection: Connection,
  payload: SubscribePayload,
  options: SubscriptionOptions<TContext>,
  validated: WeakSet<object>,
): Operation {
  if (Object.keys(connection.subscriptions).length > options.subscriptionsPerConnectionMax) {
    throw publicError("TOO_MANY_SUBSCRIPTIONS", "This connection has too many subscriptions: complete one first.");
  }
  const source = sourceOf(payload, options.admission);
  const { document, cost } = options.admission.admit(source);
  options.admission.checkVariables(payload.variables);
  if (!validated.has(document)) {
    const rules = options.production ? [...specifiedRules, NoSchemaIntrospectionCustomRule] : specifiedRules;
    const [first] = validate(options.schema, document, rules, { hideSuggestions: options.production });
    if (first !== undefined) throw publicError("GRAPHQL_VALIDATION_FAILED", first.message);
    validated.add(document);
  }
  const operation = getOperationAST(document, payload.operationName);
  if (!operation) throw publicError("OPERATION_RESOLUTION_FAILURE", "Name one operation of the document.");
  if (cost.operations.get(operation.name?.value ?? null)?.type !== "subscription") {
    throw publicError("BAD_REQUEST", "Send queries and mutations by POST: this socket is for subscriptions.");
  }
  const operationName = operation.name?.value ?? null;
  const caller = callerOf(connection, options.callerOfUpgrade);
  return { schema: options.schema, document, source, operationName, variableValues: payload.variables ?? null, caller };
}

function sourceOf({ query, extensions }: SubscribePayload, admission: Admission): string {
  if (typeof query === "string" && query !== "") return query;
  const persisted = extensions?.persistedQuery as { sha256Hash?: unknown } | undefined;
  const source = admission.findPersisted(String(persisted?.sha256Hash));
  if (source === undefined) throw publicError("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound");
  return source;
}

async function chargeOperation<TContext extends object>(
  { source, operationName }: Operation,
  context: TContext,
  { admission, rateLimits, payerOf, logger }: SubscriptionOptions<TContext>,
): Promise<void> {
  const cost = admission.admit(source).cost.operations.get(operationName ?? null);
  const points = cost === undefined ? 1 : pointsOf(cost);
  const { actor, address } = payerOf(context);
  await charge(rateLimits.address, address, points, logger);
  if (actor !== null) await charge(rateLimits.actor, actor, points, logger);
}

/** As graphql-js' `subscribe`, but each event is executed with a context built for it. */
async function subscribeAfresh<TContext extends object>(
  operation: Operation,
  buildContext: (caller: CallerRequest) => Promise<TContext>,
  localeOf: (context: TContext) => Locale,
): Promise<AsyncGenerator<ExecutionResult, void, void> | ExecutionResult> {
  const events = await createSourceEventStream(operation);
  if (!(Symbol.asyncIterator in events)) {
    addressErrors(events.errors, localeOf(operation.contextValue as TContext));
    return events;
  }
  return mapEvents(events, async (rootValue) => {
    const contextValue = await buildContext(operation.caller);
    const answer = await execute({ ...operation, rootValue, contextValue });
    addressErrors(answer.errors, localeOf(contextValue));
    return answer;
  });
}

/** Not an async generator function: its `return` would wait for the next event before it let go of the source. */
function mapEvents<T, R>(source: AsyncIterable<T>, map: (event: T) => Promise<R>): AsyncGenerator<R, void, void> {
  const events = source[Symbol.asyncIterator]();
  const end = async () => {
    await events.return?.();
    return { done: true, value: undefined } as const;
  };
  return {
    async next() {
      const event = await events.next();
      if (event.done === true) return { done: true, value: undefined };
      try {
        return { done: false, value: await map(event.value) };
      } catch (error) {
        await end(); // whoever iterates does not return what has thrown
        throw error;
      }
    },
    return: end,
    async throw(error: unknown) {
      await end();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** The caller of the upgrade, with the token that `connection_init` brought. */
function callerOf(
  { extra, connectionParams }: Connection,
  callerOfUpgrade: (request: IncomingMessage) => CallerRequest,
) {
  const caller = callerOfUpgrade(extra.request);
  const token = connectionParams?.authorization ?? connectionParams?.Authorization;
  return typeof token === "string" ? { ...caller, authorization: token } : caller;
}

function asGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const originalError = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError("the operation could not be started", { originalError });
}
