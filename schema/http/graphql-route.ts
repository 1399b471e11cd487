import type { ApolloServer, BaseContext } from "@apollo/server";
import { fastifyApolloHandler } from "@as-integrations/fastify";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Logger } from "../../src/platform/logging.ts";
import type { Admission } from "../graphql/admission.ts";
import { publicError } from "../graphql/errors.ts";
import { charge, type RateLimits } from "../graphql/rate-limits.ts";
import { type CallerRequest, callerOf } from "./caller.ts";

export interface GraphqlRouteOptions<TContext extends BaseContext> {
  readonly apollo: ApolloServer<TContext>;
  readonly admission: Admission;
  readonly rateLimits: RateLimits;
  readonly buildContext: (caller: CallerRequest) => Promise<TContext>;
  readonly bodyBytesMax: number;
  readonly logger: Logger;
}

/** Content types that a page of another site can send without the browser asking us first. */
const SIMPLE_CONTENT_TYPES = new Set(["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"]);

/**
 * GraphQL over HTTP at `/graphql`. Everything that can be refused by looking at the request alone is refused here, before a
 * context is built: the address's rate, the method, the content type, batches, and documents over the limits.
 */
export function graphqlRoute<TContext extends BaseContext>(options: GraphqlRouteOptions<TContext>) {
  return async (app: FastifyInstance): Promise<void> => {
    app.removeContentTypeParser("text/plain");
    app.addHook("onRequest", async (request, reply) => {
      reply.header("cache-control", "no-store");
      await charge(options.rateLimits.address, request.ip, 1, options.logger);
      refuseHost(request);
      refuseMethod(request);
      refuseContentType(request);
    });
    app.addHook("preHandler", async (request) => admitRequest(request, options.admission));
    app.route({
      method: ["GET", "POST", "PUT", "PATCH", "DELETE"],
      url: "/graphql",
      exposeHeadRoute: false,
      bodyLimit: options.bodyBytesMax,
      handler: fastifyApolloHandler(options.apollo, {
        context: (request) => options.buildContext(callerOf(request)),
      }),
    });
  };
}

/** RFC 9112 §3.2: an invalid `Host` is a 400. Whoever builds a URL of it later would fail on it. */
function refuseHost(request: FastifyRequest): void {
  if (!URL.canParse(`http://${request.host}/`)) throw publicError("BAD_REQUEST", "The Host header is not valid.");
}

function refuseMethod(request: FastifyRequest): void {
  if (request.method === "GET" || request.method === "POST") return;
  throw publicError("METHOD_NOT_ALLOWED", "Send GraphQL by POST (or queries by GET).", [["allow", "GET, POST"]]);
}

function refuseContentType(request: FastifyRequest): void {
  const essence = request.headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (request.method === "POST" && essence !== undefined && SIMPLE_CONTENT_TYPES.has(essence)) {
    throw publicError(
      "CSRF_REFUSED",
      "Send the content type application/json: this one could come from another site's form.",
    );
  }
}

function admitRequest(request: FastifyRequest, admission: Admission): void {
  if (request.method === "GET") {
    const parameters = new URL(request.url, "http://localhost").searchParams;
    for (const source of parameters.getAll("query")) admission.admit(source);
    for (const variables of parameters.getAll("variables")) admission.checkVariables(parsedOrUndefined(variables));
    return;
  }
  const { body } = request;
  if (Array.isArray(body)) throw publicError("BATCHING_REFUSED", "Send one operation a request.");
  if (typeof body !== "object" || body === null) throw publicError("BAD_REQUEST", "Send a JSON object with a `query`.");
  const { query, variables } = body as { query?: unknown; variables?: unknown };
  if (query !== undefined && query !== null && typeof query !== "string") {
    throw publicError("BAD_REQUEST", "`query` must be a string.");
  }
  if (query) admission.admit(query);
  admission.checkVariables(variables);
}

/** Apollo answers what is not JSON. */
function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
