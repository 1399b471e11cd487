import { Writable } from "node:stream";
import { unauthenticated } from "../../../schema/graphql/errors.ts";
import { buildLeanSchema } from "../../../schema/graphql/lean-schema.ts";
import { type ApiServer, type ApiServerOptions, createApiServer } from "../../../schema/http/api-server.ts";
import { createLogger } from "../../../src/platform/logging.ts";
import { type ToyContext, toySchemaOptions } from "./toy-schema.ts";

export interface ToyServer {
  readonly api: ApiServer;
  readonly url: string;
  /** Lines that were logged. */
  readonly logged: string[];
  /** How many contexts were built. */
  readonly contexts: () => number;
  post(body: unknown, headers?: Record<string, string>): Promise<Answer>;
  query(query: string, variables?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers are read by path in assertions
  readonly body: any;
}

const toyClock = () => new Date("2026-03-01T08:00:00Z");

/** A server around the toy schema, on a free port. `Authorization: Bearer <name>` makes the viewer; `expired` is refused. */
export async function startToyServer(options: Partial<ApiServerOptions<ToyContext>> = {}): Promise<ToyServer> {
  const logged: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      logged.push(String(chunk));
      done();
    },
  });
  let contexts = 0;
  const api = await createApiServer<ToyContext>({
    schema: await buildLeanSchema(toySchemaOptions),
    clock: toyClock,
    logger: createLogger({ level: "debug", destination }),
    production: false,
    payerOf: ({ viewer, address }) => ({ actor: viewer, address }),
    localeOf: ({ viewer }) => (viewer === "lin" ? "zh-CN" : "en"),
    async buildContext({ authorization, address }) {
      contexts += 1;
      const viewer = authorization?.replace(/^Bearer /, "") ?? null;
      if (viewer === "expired") throw unauthenticated();
      if (viewer === "outage") throw new Error("connect ECONNREFUSED secret_host");
      return { viewer, address, built: contexts };
    },
    ...options,
  });
  const url = await api.listen({ host: "127.0.0.1", port: 0 });
  const post: ToyServer["post"] = (body, headers = {}) =>
    send(`${url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  return {
    ...{ api, url, logged, post },
    contexts: () => contexts,
    query: (query, variables, headers) => post({ query, variables }, headers),
  };
}

export async function send(url: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
