import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aliased, doublingFragments } from "./hostile-documents.ts";
import { calls } from "./toy-schema.ts";
import { type Answer, send, startToyServer, type ToyServer } from "./toy-server.ts";

/** RELIABILITY 14–19: each is refused with 4xx within 100 ms, says no number and no internals, and others are served on. */
const REFUSED_WITHIN_MS = 100;
const innocent = "query Feed($n: Int!) { threads(first: $n) { nodes { id name author { name points } } } }";
const json = { "content-type": "application/json" };
const circular = `{ __schema { types { ${"fields { type { ".repeat(9)} name ${"} }".repeat(9)} } } }`;
const deep = `{ threads(first: 1) { nodes { ${"related(first: 1) { nodes { ".repeat(30)} id ${"} }".repeat(30)} } } }`;

describe("hostile GraphQL", () => {
  let server: ToyServer;
  beforeAll(async () => {
    server = await startToyServer({ production: true });
    for (let warmUp = 0; warmUp < 20; warmUp += 1) {
      await server.query(innocent, { n: 20 });
      await server.query(`{ nope${warmUp} }`);
      await server.query(`{ ${aliased(16, "built")} }`);
    }
  });
  afterAll(() => server.api.close());

  const query = (text: string, variables?: unknown) => () => server.query(text, variables);
  const post = (body: RequestInit["body"], headers: Record<string, string>) => () =>
    send(`${server.url}/graphql`, { method: "POST", body, headers });
  const get =
    (parameters: Record<string, string>, headers: Record<string, string> = {}) =>
    () =>
      send(`${server.url}/graphql?${new URLSearchParams(parameters)}`, { headers });
  const asJson = (text: string) => JSON.stringify({ query: text });

  const attacks: [string, number, string, () => Promise<Answer>][] = [
    ["fragment doubling, N = 28", 400, "DOCUMENT_TOO_COSTLY", query(doublingFragments(28))],
    ["fragment doubling of typenames", 400, "DOCUMENT_TOO_COSTLY", query(doublingFragments(28, "__typename"))],
    ["fragment doubling, N = 60", 400, "DOCUMENT_TOO_COSTLY", query(doublingFragments(60))],
    ["depth", 400, "DOCUMENT_TOO_DEEP", query(deep)],
    ["101 aliases", 400, "TOO_MANY_ALIASES", query(`{ ${aliased(101, "__typename")} }`)],
    ["51 directives", 400, "TOO_MANY_DIRECTIVES", query(`{ __typename ${"@skip(if: false) ".repeat(51)} }`)],
    ["unknown directives", 400, "TOO_MANY_DIRECTIVES", query(`{ __typename ${"@aa".repeat(100)} }`)],
    ["1,001 tokens", 400, "DOCUMENT_TOO_LONG", query(`{ ${"a ".repeat(1_000)} }`)],
    ["a document of 15,001 characters", 400, "DOCUMENT_TOO_LONG", query(`{ built } #${"x".repeat(15_000)}`)],
    ["500 repeated fields", 400, "TOO_MANY_REPEATS", query(`{ ${"__typename ".repeat(500)} }`)],
    ["circular introspection", 400, "DOCUMENT_TOO_DEEP", query(circular)],
    ["introspection", 400, "GRAPHQL_VALIDATION_FAILED", query("{ __schema { types { name } } }")],
    ["a probe for suggestions", 400, "GRAPHQL_VALIDATION_FAILED", query("{ thread { id } }")],
    [
      "100 × 100 × 100 by variables",
      400,
      "DOCUMENT_TOO_COSTLY",
      query(
        "query ($n: Int) { threads(first: $n) { nodes { related(first: $n) { nodes { related(first: $n) { nodes { id } } } } } } }",
        { n: 100 },
      ),
    ],
    ["a forged cursor", 400, "BAD_USER_INPUT", query('{ threads(first: 1, after: "forged") { totalCount } }')],
    [
      "a list of 251 in variables",
      400,
      "INPUT_LIST_TOO_LONG",
      query("query ($ids: [ID!]!) { members(ids: $ids) { id } }", { ids: Array(251).fill("1") }),
    ],
    ["a list of 251 in the text", 400, "INPUT_LIST_TOO_LONG", query(`{ members(ids: [${"1 ".repeat(251)}]) { id } }`)],
    [
      "a tower in variables",
      400,
      "INPUT_TOO_DEEP",
      () => server.post(`{"query":"{ built }","variables":{"x":${"[".repeat(20_000)}${"]".repeat(20_000)}}}`),
    ],
    [
      "a tower in the text",
      400,
      "INPUT_TOO_DEEP",
      query(`{ members(ids: ${"[".repeat(400)}1${"]".repeat(400)}) { id } }`),
    ],
    ["a batch of 10", 400, "BATCHING_REFUSED", () => server.post(Array(10).fill({ query: "{ built }" }))],
    ["a body over 100 kB", 413, "BODY_TOO_LARGE", () => server.post({ query: "{ built }", pad: "x".repeat(103_000) })],
    ["a form", 400, "CSRF_REFUSED", post(new URLSearchParams({ query: "{ built }" }), {})],
    ["a multipart form", 400, "CSRF_REFUSED", post(multipart(), {})],
    ["text/plain", 400, "CSRF_REFUSED", post(asJson("{ built }"), { "content-type": "text/plain" })],
    [
      "text/plain, disguised",
      400,
      "CSRF_REFUSED",
      post(asJson("{ built }"), { "content-type": " Text/Plain ; a=application/json" }),
    ],
    ["XML", 415, "UNSUPPORTED_MEDIA_TYPE", post("<a/>", { "content-type": "application/xml" })],
    [
      "a mutation by GET",
      405,
      "BAD_REQUEST",
      get({ query: 'mutation { redeem(input: { code: "x" }) { attempts } }' }, json),
    ],
    ["a bare GET", 400, "BAD_REQUEST", get({ query: "{ built }" })],
    ["a hostile document by GET", 400, "DOCUMENT_TOO_COSTLY", get({ query: doublingFragments(28) }, json)],
    ["a subscription by POST", 400, "BAD_REQUEST", query("subscription { posted }")],
    ["JSON that is none", 400, "BAD_REQUEST", () => server.post("{")],
    [
      "a poisoned prototype",
      400,
      "BAD_REQUEST",
      () => server.post('{"query":"{ built }","variables":{"__proto__":{"x":1}}}'),
    ],
    ["a query that is an array", 400, "BAD_REQUEST", () => server.post({ query: ["{ built }"] })],
    ["a query that is nothing", 400, "BAD_REQUEST", () => server.post({ query: "" })],
    [
      "PUT",
      405,
      "METHOD_NOT_ALLOWED",
      () => send(`${server.url}/graphql`, { method: "PUT", headers: json, body: asJson("{ built }") }),
    ],
    ["a subscription to everything", 400, "GRAPHQL_VALIDATION_FAILED", query("subscription { posted a: posted }")],
  ];

  it.each(attacks)("refuses %s", async (name, status, code, attack) => {
    const [contextsBefore, redeemedBefore] = [server.contexts(), calls.redeem];
    let fastest = Number.POSITIVE_INFINITY;
    let answer: Answer | undefined;
    // The best of three: another process of this machine may hold the processor for a while.
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const startedAt = performance.now();
      answer = await attack();
      fastest = Math.min(fastest, performance.now() - startedAt);
    }
    expect({ status: answer?.status, code: answer?.body.errors[0].extensions.code }).toEqual({ status, code });
    expect(fastest).toBeLessThan(REFUSED_WITHIN_MS);
    expect(answer?.text).not.toMatch(
      /\b(15|50|100|250|1,?000|5,?000|15,?000)\b|Did you mean|stack|node_modules|at \w+ \(/,
    );
    expect(calls.redeem).toBe(redeemedBefore);
    if (!understood.has(name)) expect(server.contexts()).toBe(contextsBefore);
  });

  it("serves the innocent meanwhile", async () => {
    const running = { on: true };
    const hostile = (async () => {
      while (running.on) for (const [, , , attack] of attacks) await attack();
    })();
    const durations: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      const startedAt = performance.now();
      const { status, body } = await server.query(innocent, { n: 20 });
      durations.push(performance.now() - startedAt);
      expect(status).toBe(200);
      expect(body.data.threads.nodes).toHaveLength(20);
    }
    running.on = false;
    await hostile;
    expect(durations.sort((a, b) => a - b)[10]).toBeLessThan(REFUSED_WITHIN_MS);
  });

  it("answers a malformed Host or path with 4xx", async () => {
    for (const head of [
      "GET /graphql?query=%7Bbuilt%7D HTTP/1.1\r\nHost: [",
      "GET //graphql HTTP/1.1\r\nHost: x",
      "GET /graphql HTTP/1.1\r\nHost: a b",
    ]) {
      expect(await raw(`${head}\r\nConnection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 4\d\d /);
    }
  });

  it("does not read an alias as a way around the limit on fragments", async () => {
    const text = `{ ${"...F ".repeat(10)} } fragment F on Query { ${aliased(15, "built")} }`;
    expect((await server.query(text)).status).toBe(200); // 15 aliases, merged: cheap
  });

  async function raw(request: string): Promise<string> {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    socket.write(request);
    let answer = "";
    for await (const chunk of socket) answer += String(chunk);
    return answer;
  }
});

/** Attacks that only a look at the schema or the data refuses, and so with a context built. */
const understood = new Set([
  "introspection",
  "a probe for suggestions",
  "a forged cursor",
  "a mutation by GET",
  "a subscription by POST",
  "a subscription to everything",
  "a query that is nothing",
]);

function multipart(): FormData {
  const form = new FormData();
  form.set("operations", '{"query":"{ built }"}');
  return form;
}
