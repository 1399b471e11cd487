import { createHash } from "node:crypto";
import { createConnection } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createMemoryRateLimiter } from "../../../src/platform/rate-limiter.ts";
import { aliased } from "./hostile-documents.ts";
import { send, startToyServer, type ToyServer } from "./toy-server.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const persisted = (text: string) => ({ persistedQuery: { version: 1, sha256Hash: sha256(text) } });

describe("errors", () => {
  let server: ToyServer;
  beforeAll(async () => {
    server = await startToyServer();
  });
  afterAll(() => server.api.close());

  it("masks bugs with an id that the log knows, and lets no SQL, parameter or stack out", async () => {
    const answer = await server.query("{ bug }");
    expect(answer.status).toBe(500);
    const [{ message, extensions, path }] = answer.body.errors;
    expect({ message, code: extensions.code, path }).toMatchObject({ code: "INTERNAL_SERVER_ERROR", path: ["bug"] });
    expect(answer.text).not.toMatch(/secret_column|canary|select|stack/);
    const line = server.logged.find((entry) => entry.includes(extensions.errorId));
    expect(line).toContain("a request failed on a bug or outage");
    expect(line).toContain("select secret_column");
    expect(server.logged.join("")).not.toContain("canary@example.com");
  });

  it("keeps what is there when a nullable field fails", async () => {
    const answer = await server.query("{ maybeBug built }");
    expect(answer.status).toBe(200);
    expect(answer.body.data).toEqual({ maybeBug: null, built: expect.any(Number) });
    expect(answer.text).not.toContain("secret_column");
  });

  it.each([
    ["a value that does not serialise", "{ notANumber }"],
    ["a null where none may be", "{ nothing }"],
  ])("masks %s", async (_name, query) => {
    const { text, body } = await server.query(query);
    expect(body.errors[0].extensions.code).toBe("INTERNAL_SERVER_ERROR");
    expect(text).not.toContain("canary");
  });

  it.each([
    ["a bad token", "{ built }", "expired", 401, "UNAUTHENTICATED"],
    ["nobody, where a member is wanted", "{ mine }", null, 401, "UNAUTHENTICATED"],
    ["a member, where a moderator is wanted", "{ moderated }", "lin", 403, "FORBIDDEN"],
    ["a public error", "{ public }", null, 429, "RATE_LIMITED"],
    ["an outage while the context is built", "{ built }", "outage", 500, "INTERNAL_SERVER_ERROR"],
  ])("answers %s with its code and status", async (_name, query, viewer, status, code) => {
    const headers = viewer === null ? undefined : { authorization: `Bearer ${viewer}` };
    const answer = await server.query(query, undefined, headers);
    expect({ status: answer.status, code: answer.body.errors[0].extensions.code }).toEqual({ status, code });
    expect(answer.text).not.toMatch(/secret_host|leak/);
  });

  it("says what a refused query refuses, in the reader's language, compiled or not", async () => {
    const query = '{ threads(after: "forged") { totalCount } }';
    for (let time = 0; time < 3; time += 1) {
      const { body } = await server.query(query, {}, { authorization: "Bearer lin" });
      expect(body.errors[0].message).toMatch(/^输入无效/);
    }
    const { status, body } = await server.query(query);
    expect(status).toBe(400);
    expect(body.errors[0]).toMatchObject({
      message: "This input is not valid: the cursor is not one of ours.",
      extensions: { code: "BAD_USER_INPUT", refusal: "input.invalid", field: "after" },
    });
  });

  it("answers paths that cannot be decoded in the same shape, with the headers of every answer", async () => {
    const { status, headers, body } = await send(`${server.url}/%zz`);
    expect({ status, code: body.errors?.[0].extensions.code }).toEqual({ status: 400, code: "BAD_REQUEST" });
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-request-id")).toBeTruthy();
  });

  it("answers unknown paths in the same shape", async () => {
    const { status, body } = await send(`${server.url}/nope`);
    expect({ status, code: body.errors[0].extensions.code }).toEqual({ status: 404, code: "NOT_FOUND" });
  });
});

describe("the schema's privacy", () => {
  it("shows itself to developers, and in production to nobody", async () => {
    const [open, closed] = await Promise.all([startToyServer(), startToyServer({ production: true })]);
    expect((await open.query("{ __schema { queryType { name } } }")).body.data.__schema.queryType.name).toBe("Query");
    expect((await open.query("{ thread }")).text).toContain("Did you mean");
    expect((await closed.query("{ __schema { queryType { name } } }")).status).toBe(400);
    expect((await closed.query("{ thread }")).text).not.toContain("Did you mean");
    await Promise.all([open.api.close(), closed.api.close()]);
  });
});

describe("persisted queries", () => {
  const known = "query Known { threads(first: 1) { totalCount } }";
  const other = "{ built }";
  let server: ToyServer | undefined;
  afterEach(() => server?.api.close());

  it("registers a document by its hash, and runs it by its hash", async () => {
    server = await startToyServer();
    expect((await server.post({ extensions: persisted(other) })).body.errors[0].extensions.code).toBe(
      "PERSISTED_QUERY_NOT_FOUND",
    );
    expect((await server.post({ query: other, extensions: persisted(other) })).status).toBe(200);
    expect((await server.post({ extensions: persisted(other) })).body.data.built).toEqual(expect.any(Number));
    const get = `${server.url}/graphql?extensions=${encodeURIComponent(JSON.stringify(persisted(other)))}`;
    expect((await send(get, { headers: { "apollo-require-preflight": "1" } })).status).toBe(200);
  });

  it("registers nothing that it would not run, and nothing under a wrong hash", async () => {
    server = await startToyServer();
    const costly = "{ threads { nodes { related(first: 100) { nodes { id } } } } }";
    expect((await server.post({ query: costly, extensions: persisted(costly) })).status).toBe(400);
    expect((await server.post({ extensions: persisted(costly) })).body.errors[0].message).toBe(
      "PersistedQueryNotFound",
    );
    expect((await server.post({ query: other, extensions: persisted(known) })).status).toBe(400);
  });

  it("runs only the manifest's documents when told so, whatever they cost", async () => {
    const costly = "query Report { threads { nodes { related(first: 100) { nodes { id } } } } }";
    const manifest = { [sha256(known)]: known, [sha256(costly)]: costly };
    server = await startToyServer({ operations: "persisted-only", manifest });
    expect((await server.post({ extensions: persisted(known) })).body.data.threads.totalCount).toBe(1000);
    expect((await server.query(known)).status).toBe(200);
    expect((await server.query(costly)).status).toBe(200);
    const refused = await server.post({ query: other, extensions: persisted(other) });
    expect(refused.body.errors[0].extensions.code).toBe("OPERATION_NOT_PERSISTED");
    expect((await server.post({ extensions: persisted(other) })).body.errors[0].message).toBe("PersistedQueryNotFound");
  });

  it.each([
    ["is listed under another hash", { [sha256("{ built }")]: "{ built }#" }],
    ["does not fit the schema", { [sha256("{ nope }")]: "{ nope }" }],
  ])("does not start with a manifest whose document %s", async (_name, manifest) => {
    await expect(startToyServer({ manifest })).rejects.toThrow(/manifest/);
  });
});

describe("rate limits", () => {
  const redeems = (count: number) => `mutation { ${aliased(count, 'redeem(input: { code: "x" }) { attempts }')} }`;
  let server: ToyServer;
  afterEach(() => server.api.close());

  it("count a request against its address, whatever X-Forwarded-For says", async () => {
    const address = createMemoryRateLimiter({ points: 3, windowSeconds: 60 });
    server = await startToyServer({ rateLimits: { address } });
    const answers = [];
    for (let i = 0; i < 4; i += 1)
      answers.push(await server.query("{ built }", {}, { "x-forwarded-for": `10.0.0.${i}` }));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(answers[3]!.body.errors[0].extensions.code).toBe("RATE_LIMITED");
    expect(Number(answers[3]!.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  it("count what a trusted proxy forwards against the client", async () => {
    const address = createMemoryRateLimiter({ points: 1, windowSeconds: 60 });
    server = await startToyServer({ rateLimits: { address }, trustedProxies: ["127.0.0.0/8"] });
    const from = (client: string) => server.query("{ built }", {}, { "x-forwarded-for": `6.6.6.6, ${client}` });
    expect([(await from("1.1.1.1")).status, (await from("2.2.2.2")).status, (await from("1.1.1.1")).status]).toEqual([
      200, 200, 429,
    ]);
  });

  it("count a thousand aliased attempts as a thousand, before the first of them runs", async () => {
    const actor = createMemoryRateLimiter({ points: 1_004, windowSeconds: 60 });
    const limits = { aliasesMax: 2_000, tokensMax: 50_000, charactersMax: 90_000, fieldsMax: 5_000, costMax: 50_000 };
    server = await startToyServer({ rateLimits: { actor }, limits });
    const asLin = { authorization: "Bearer lin" };
    expect((await server.query(redeems(1_000), {}, asLin)).status).toBe(200);
    const refused = await server.query(redeems(5), {}, asLin);
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).not.toBeNull();
    expect((await server.query(redeems(5), {}, { authorization: "Bearer wang" })).status).toBe(200);
  });

  it("let requests pass while the limiter itself is down, and say so in the log", async () => {
    const away = () => Promise.reject(new Error("redis is away"));
    const address = { consume: away, refund: away };
    server = await startToyServer({ rateLimits: { address } });
    expect((await server.query("{ built }")).status).toBe(200);
    expect(server.logged.join("")).toContain("the rate limiter is unreachable");
  });
});

describe("health, metrics and routes", () => {
  it.each([
    ["nobody in production, without a token", { production: true }, 401],
    ["everybody in production, when it was opened", { production: true, metrics: { open: true } }, 200],
    ["everybody where it is tried out", {}, 200],
    ["nobody where it was closed", { metrics: { open: false } }, 401],
    ["nobody without the token, even when it was opened", { metrics: { token: "prometheus", open: true } }, 401],
  ])("shows metrics to %s", async (_whom, options, status) => {
    const server = await startToyServer(options);
    const answer = await send(`${server.url}/metrics`);
    await server.api.close();
    expect(answer.status).toBe(status);
    expect(answer.text.includes("rekindle_")).toBe(status === 200);
  });

  it("is ready while every check passes, and names the one that fails without saying why", async () => {
    let fails = false;
    const database = async () => {
      if (fails) throw new Error("password authentication failed");
    };
    const stuck = () => (fails ? new Promise(() => {}) : Promise.resolve());
    const server = await startToyServer({ readiness: { database, stuck }, readinessTimeoutMs: 50 });
    expect(await send(`${server.url}/livez`)).toMatchObject({ status: 200, body: { status: "alive" } });
    expect(await send(`${server.url}/readyz`)).toMatchObject({
      status: 200,
      body: { status: "ready", checks: { database: { ok: true } } },
    });
    fails = true;
    const failing = await send(`${server.url}/readyz`);
    expect(failing).toMatchObject({
      status: 503,
      body: { status: "not-ready", checks: { database: { ok: false }, stuck: { ok: false } } },
    });
    expect(failing.text).not.toContain("password");
    expect(server.logged.join("")).toContain("password authentication failed");
    await server.api.close();
  });

  it("counts requests and operations under few labels, and reads gauges when asked", async () => {
    const gauges = [{ name: "toy_pool_clients", help: "Clients.", read: () => ({ idle: 3, waiting: 1 }) }];
    const server = await startToyServer({ metrics: { token: "prometheus", gauges } });
    for (let i = 0; i < 120; i += 1) await server.query(`query Name${i} { built }`);
    for (let i = 0; i < 120; i += 1) await server.query(`query Bad${i} { nope }`);
    await server.query("query Secret { mine }");
    expect((await send(`${server.url}/metrics`)).status).toBe(401);
    const { text } = await send(`${server.url}/metrics`, { headers: { authorization: "Bearer prometheus" } });
    expect(text).toContain(
      'rekindle_http_request_duration_seconds_count{method="POST",route="/graphql",status="200"} 120',
    );
    expect(text).toContain('rekindle_graphql_operations_total{operation="Name0",type="query",outcome="ok"} 1');
    expect(text).toContain('rekindle_graphql_operations_total{operation="(other)",type="query",outcome="ok"} 20');
    expect(text).toContain('{operation="(other)",type="query",outcome="UNAUTHENTICATED"} 1');
    expect(text).toContain('{operation="(refused)",type="unknown",outcome="GRAPHQL_VALIDATION_FAILED"} 120');
    expect(text).toContain('toy_pool_clients{state="idle"} 3');
    expect(text).toMatch(/rekindle_event_loop_lag_seconds\{quantile="0.99"\} [\d.e-]+/);
    await server.api.close();
  });

  it("serves the routes of others in scopes of their own", async () => {
    const server = await startToyServer({
      routes: [
        (app) => {
          app.addContentTypeParser("text/plain", { parseAs: "string" }, (_request, body, done) => done(null, body));
          app.post("/v1/t", async (request) => ({ got: request.body }));
        },
        (app) => {
          app.get("/fails", async () => {
            throw new Error("secret_column");
          });
        },
      ],
    });
    const plain = { method: "POST", headers: { "content-type": "text/plain" }, body: "{}" };
    expect((await send(`${server.url}/v1/t`, plain)).body).toEqual({ got: "{}" });
    expect((await send(`${server.url}/graphql`, plain)).status).toBe(400);
    const failed = await send(`${server.url}/fails`);
    expect(failed.status).toBe(500);
    expect(failed.text).not.toContain("secret_column");
    await server.api.close();
  });

  it("lets listed origins in, and no others", async () => {
    const server = await startToyServer({ allowedOrigins: ["https://campus.example"] });
    const preflight = (origin: string) =>
      send(`${server.url}/graphql`, {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": "POST" },
      });
    expect((await preflight("https://campus.example")).headers.get("access-control-allow-origin")).toBe(
      "https://campus.example",
    );
    expect((await preflight("https://evil.example")).headers.get("access-control-allow-origin")).toBeNull();
    await server.api.close();
  });
});

describe("draining", () => {
  it("announces itself, finishes what is in flight, and takes nothing new", async () => {
    const server = await startToyServer({ drain: { announceMs: 150, graceMs: 5_000 } });
    const inFlight = server.query("{ slow(ms: 400) }");
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closed = server.api.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await send(`${server.url}/readyz`)).toMatchObject({ status: 503, body: { status: "draining" } });
    expect((await send(`${server.url}/livez`)).status).toBe(200);
    expect((await inFlight).body.data.slow).toBe("done");
    await closed;
    await expect(server.query("{ built }")).rejects.toThrow();
  });

  it("cuts off what does not finish in time", async () => {
    const server = await startToyServer({ drain: { announceMs: 0, graceMs: 100 } });
    const port = Number(new URL(server.url).port);
    const stuck = createConnection(port, "127.0.0.1");
    stuck.on("error", () => {});
    stuck.write("POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{");
    await new Promise((resolve) => setTimeout(resolve, 50));
    const startedAt = performance.now();
    await server.api.close();
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });
});
