import { type ApolloServerPlugin, type BaseContext, type GraphQLRequestContext, HeaderMap } from "@apollo/server";
import {
  type DocumentNode,
  type ExecutionResult,
  type FormattedExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
  isAbstractType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from "graphql";
import { type CompiledQuery, compileQuery, isCompiledQuery } from "graphql-jit";
import { LRUCache } from "lru-cache";
import type { Locale } from "../../drizzle/tables/identity.ts";
import { addressErrors, type FormatError, toFormatted } from "./errors.ts";
import { type Conditions, conditionsOf, conditionValues, resolveConditions } from "./resolved-conditions.ts";

export interface CompiledExecutionOptions<TContext> {
  /** The function that Apollo is given too: this path does not pass Apollo's. */
  readonly formatError: FormatError;
  readonly localeOf: (context: TContext) => Locale;
  /** How many operations are known at a time. */
  readonly capacity?: number;
}

type Data = Record<string, unknown>;

/** An operation that was seen, and how to run it for each combination of its conditions. */
interface KnownOperation {
  readonly conditions: Conditions;
  readonly variants: Map<string, "seen-once" | "interpret" | CompiledQuery>;
}

const VARIANTS_MAX = 8;

/**
 * Runs queries as compiled functions. An operation is compiled when it comes a second time, so that one-off queries cost no
 * compilation; mutations, subscriptions and what does not compile go on to Apollo's interpreter, and so does a request whose
 * variables do not fit, for Apollo to word the refusal. Answers are the same either way (`tests/api/http/compiled.test.ts`).
 */
export function compiledExecution<TContext extends BaseContext>(
  options: CompiledExecutionOptions<TContext>,
): ApolloServerPlugin<TContext> {
  const known = new LRUCache<string, KnownOperation>({ max: options.capacity ?? 500 });
  const listener = {
    async responseForOperation(requestContext: GraphQLRequestContext<TContext>) {
      const compiled = compiledFor(requestContext, known);
      if (compiled === null) return null;
      const { contextValue, request } = requestContext;
      const result = await compiled.query(undefined, contextValue, request.variables);
      if (!("data" in result)) return null;
      addressErrors(result.errors, options.localeOf(contextValue));
      return {
        http: { status: undefined, headers: headersOf(result.errors) },
        body: { kind: "single" as const, singleResult: format(result as ExecutionResult<Data>, options.formatError) },
      };
    },
  };
  return { requestDidStart: async () => listener };
}

function compiledFor<TContext extends BaseContext>(
  { operation, queryHash, operationName, schema, document, request }: GraphQLRequestContext<TContext>,
  known: LRUCache<string, KnownOperation>,
): CompiledQuery | null {
  if (operation?.operation !== "query" || document === undefined) return null;
  const key = `${queryHash}:${operationName ?? ""}`;
  let entry = known.get(key);
  if (entry === undefined) {
    entry = { conditions: conditionsOf(document), variants: new Map() };
    known.set(key, entry);
  }
  const values = conditionValues(entry.conditions, request.variables);
  if (values === null) return null;
  const variant = entry.variants.get(String(values));
  if (variant === undefined) {
    if (entry.variants.size < VARIANTS_MAX) entry.variants.set(String(values), "seen-once");
    return null;
  }
  if (variant === "interpret") return null;
  if (variant !== "seen-once") return variant;
  const resolved = resolveConditions(document, entry.conditions, values);
  const compiled = resolved === null ? null : compile(schema, resolved, operationName ?? undefined);
  entry.variants.set(String(values), compiled ?? "interpret");
  return compiled;
}

function compile(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | undefined,
): CompiledQuery | null {
  if (resolvesTypesLater(schema, document)) return null;
  const compiled = compileQuery(schema, document, operationName);
  return isCompiledQuery(compiled) ? compiled : null;
}

/** Whether the document selects on an interface or union with an async `resolveType`, which graphql-jit does not wait for. */
function resolvesTypesLater(schema: GraphQLSchema, document: DocumentNode): boolean {
  const typeInfo = new TypeInfo(schema);
  let later = false;
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      enter({ kind }) {
        if (kind !== Kind.SELECTION_SET) return;
        const type = typeInfo.getParentType();
        if (isAbstractType(type) && type.resolveType?.constructor.name === "AsyncFunction") later = true;
      },
    }),
  );
  return later;
}

/** Errors may carry HTTP headers (`Retry-After`), as Apollo has it. */
function headersOf(errors: readonly GraphQLError[] = []): HeaderMap {
  const headers = new HeaderMap();
  for (const { extensions } of errors) {
    const http = extensions?.http as { headers?: unknown } | undefined;
    if (!(http?.headers instanceof Map)) continue;
    for (const [name, value] of http.headers) headers.set(String(name), String(value));
  }
  return headers;
}

function format(result: ExecutionResult<Data>, formatError: FormatError): FormattedExecutionResult<Data> {
  if (result.errors === undefined) return { data: result.data };
  return { data: result.data, errors: result.errors.map((error) => formatError(toFormatted(error), error)) };
}
