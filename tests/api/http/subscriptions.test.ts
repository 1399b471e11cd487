import { type Client, createClient } from "graphql-ws";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { createMemoryRateLimiter } from "../../../src/platform/rate-limiter.ts";
import { doublingFragments } from "./hostile-documents.ts";
import { pubSub } from "./toy-schema.ts";
import { startToyServer, type ToyServer } from "./toy-server.ts";

const posted = "subscription { posted }";

describe("subscriptions", () => {
  let server: ToyServer;
  const clients: Client[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.dispose();
    await server.api.close();
  });

  function connect(authorization?: string): Client {
    const client = createClient({
      url: `${server.url.replace("http", "ws")}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: authorization === undefined ? {} : { authorization },
    });
    clients.push(client);
    return client;
  }

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  /** What a subscription that should not start is answered. */
  async function refusalOf(query: string, client = connect(), variables?: Record<string, unknown>) {
    return new Promise<{ code: string; message: string } | number>((resolve) => {
      client.subscribe(
        { query, variables },
        {
          next: ({ errors }) =>
            resolve({ code: String(errors?.[0]?.extensions?.code), message: errors?.[0]?.message ?? "" }),
          error: (reason) => {
            const [first] = Array.isArray(reason) ? reason : [];
            if (first) resolve({ code: first.extensions.code, message: first.message });
            else resolve((reason as { code: number }).code);
          },
          complete: () => resolve(0),
        },
      );
    });
  }

  it("execute each event with a context of its own, for the viewer of connection_init", async () => {
    server = await startToyServer();
    const listeners = pubSub.listenerCount("posted");
    const events = connect("Bearer lin").iterate({ query: posted });
    const first = events.next();
    await until(() => pubSub.listenerCount("posted") > listeners);
    pubSub.publish("posted", { title: "one" });
    const one = (await first).value.data.posted as string;
    const second = events.next();
    pubSub.publish("posted", { title: "two" });
    const two = (await second).value.data.posted as string;
    expect([one, two].map((text) => text.replace(/#\d+/, "#n"))).toEqual(["one #n for lin", "two #n for lin"]);
    expect(one.match(/#\d+/)![0]).not.toBe(two.match(/#\d+/)![0]);
    await events.return?.();
    await until(() => pubSub.listenerCount("posted") === listeners); // without waiting for another event
  });

  it("mask the bugs of an event, and go on", async () => {
    server = await startToyServer();
    const listeners = pubSub.listenerCount("posted");
    const events = connect("Bearer lin").iterate({ query: posted });
    const first = events.next();
    await until(() => pubSub.listenerCount("posted") > listeners);
    pubSub.publish("posted", { title: "bug" });
    const { errors } = (await first).value;
    expect(errors[0].extensions.code).toBe("INTERNAL_SERVER_ERROR");
    expect(JSON.stringify(errors)).not.toContain("secret_column");
    const second = events.next();
    pubSub.publish("posted", { title: "fine" });
    expect((await second).value.data.posted).toContain("fine");
  });

  it("end when the token no longer stands", async () => {
    let expired = false;
    server = await startToyServer({
      buildContext: async () => {
        if (expired) throw new Error("verify failed for secret_token");
        return { viewer: "lin", address: "::1", built: 1 };
      },
    });
    const listeners = pubSub.listenerCount("posted");
    const answer = refusalOf(posted);
    await until(() => pubSub.listenerCount("posted") > listeners);
    expired = true;
    pubSub.publish("posted", { title: "late" });
    expect(await answer).toMatchObject({
      code: "INTERNAL_SERVER_ERROR",
      message: expect.not.stringContaining("secret"),
    });
    await until(() => pubSub.listenerCount("posted") === listeners);
  });

  it("meet the limits and rules that documents meet over HTTP", async () => {
    server = await startToyServer({ production: true });
    const client = connect();
    expect(await refusalOf("{ built }", client)).toMatchObject({ code: "BAD_REQUEST" });
    expect(await refusalOf('mutation { redeem(input: { code: "x" }) { attempts } }', client)).toMatchObject({
      code: "BAD_REQUEST",
    });
    expect(await refusalOf(doublingFragments(28), client)).toMatchObject({ code: "DOCUMENT_TOO_COSTLY" });
    expect(await refusalOf("subscription { nope }", client)).toMatchObject({ code: "GRAPHQL_VALIDATION_FAILED" });
    expect(await refusalOf("subscription { posted a: posted }", client)).toMatchObject({
      code: "GRAPHQL_VALIDATION_FAILED",
    });
    expect(await refusalOf("{ __schema { queryType { name } } }", client)).toMatchObject({
      code: "GRAPHQL_VALIDATION_FAILED",
    });
    expect(await refusalOf("subscription {", client)).toMatchObject({ code: "GRAPHQL_PARSE_FAILED" });
    expect(await refusalOf(posted, client, { ids: Array(251).fill(1) })).toMatchObject({ code: "INPUT_LIST_TOO_LONG" });
  });

  it("are counted: per connection, per address, and against the rate limits", async () => {
    const actor = createMemoryRateLimiter({ points: 3, windowSeconds: 60 });
    server = await startToyServer({
      websockets: { connectionsPerAddressMax: 2, subscriptionsPerConnectionMax: 2 },
      rateLimits: { actor },
    });
    const listeners = pubSub.listenerCount("posted");
    const client = connect("Bearer lin");
    for (let i = 0; i < 2; i += 1) client.subscribe({ query: posted }, { next() {}, error() {}, complete() {} });
    await until(() => pubSub.listenerCount("posted") === listeners + 2);
    expect(await refusalOf(posted, client)).toMatchObject({ code: "TOO_MANY_SUBSCRIPTIONS" });
    const second = connect("Bearer lin");
    second.subscribe({ query: posted }, { next() {}, error() {}, complete() {} });
    await until(() => pubSub.listenerCount("posted") === listeners + 3);
    expect(await refusalOf(posted, second)).toMatchObject({ code: "RATE_LIMITED" });
    expect(await statusOfUpgrade(`${server.url.replace("http", "ws")}/graphql`)).toBe(429);
  });

  it("need a good token, our path and our protocol", async () => {
    server = await startToyServer();
    expect(await refusalOf(posted, connect("Bearer expired"))).toBe(4403);
    expect(await statusOfUpgrade(`${server.url.replace("http", "ws")}/elsewhere`)).toBe(404);
    const plain = new WebSocket(`${server.url.replace("http", "ws")}/graphql`);
    expect(await new Promise((resolve) => plain.on("close", (code) => resolve(code)))).toBe(4406);
  });

  it("are closed with 1001 when the server drains", async () => {
    server = await startToyServer();
    const listeners = pubSub.listenerCount("posted");
    const closed = refusalOf(posted, connect("Bearer lin"));
    await until(() => pubSub.listenerCount("posted") > listeners);
    await server.api.close();
    expect(await closed).toBe(1001);
    expect(pubSub.listenerCount("posted")).toBe(listeners);
  });

  async function statusOfUpgrade(url: string): Promise<number | undefined> {
    const socket = new WebSocket(url, "graphql-transport-ws");
    return new Promise((resolve) => {
      socket.on("unexpected-response", (_request, response) => {
        resolve(response.statusCode);
        socket.terminate();
      });
      socket.on("error", () => {});
    });
  }
});
