import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { createLogger } from "../../src/platform/logging.ts";

const CANARY_EMAIL = "canary.lin@example.com";
const CANARY_TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl";
const CANARY_CODE = "K7QF-9XWM-CANARY2";

function capture() {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  return { logger: createLogger({ level: "debug", destination }), lines };
}

/** As drizzle-orm builds it: the statement and its parameters are part of the message, the driver's error is the cause. */
function drizzleError(): Error {
  const cause = Object.assign(new Error('duplicate key value violates unique constraint "member_email"'), {
    code: "23505",
    detail: `Key (email)=(${CANARY_CODE}) already exists.`,
  });
  return Object.assign(
    new Error(`Failed query: insert into member values ($1)\nparams: ${CANARY_CODE},\nsecond line`),
    {
      query: "insert into member values ($1)",
      params: [CANARY_CODE],
      cause,
    },
  );
}

describe("createLogger", () => {
  it.each<[string, (log: ReturnType<typeof capture>["logger"]) => void]>([
    ["headers", (log) => log.info({ req: { headers: { Authorization: `Bearer ${CANARY_TOKEN}` } } }, "in")],
    ["an e-mail in a sentence", (log) => log.info(`invited ${CANARY_EMAIL} and 林.小红@例子.公司`)],
    ["an interpolated e-mail", (log) => log.info("invited %s", CANARY_EMAIL)],
    ["an interpolated object", (log) => log.info("invited %o", { email: CANARY_EMAIL, couponCode: CANARY_CODE })],
    ["a token in a URL", (log) => log.warn({ url: `/x?t=${CANARY_TOKEN}` }, "odd")],
    ["a coupon code under `code`", (log) => log.info({ input: { code: CANARY_CODE } }, "redeem")],
    ["variables of an operation", (log) => log.info({ variables: { anything: CANARY_CODE } }, "operation")],
    ["a bare error", (log) => log.error(drizzleError())],
    ["an error as err", (log) => log.error({ err: drizzleError() }, "failed")],
    ["an error under another name", (log) => log.error({ problem: { error: drizzleError() } }, "failed")],
    ["an error of an error", (log) => log.error({ err: new Error("outer", { cause: drizzleError() }) }, "failed")],
    ["a child's bindings", (log) => log.child({ token: CANARY_CODE, email: CANARY_EMAIL }).info("child")],
    ["a connection string", (log) => log.info(`postgres://app:${CANARY_CODE}@db:5432/x`)],
  ])("keeps secrets out: %s", (_name, write) => {
    const { logger, lines } = capture();
    write(logger);
    expect(lines).toHaveLength(1);
    expect(() => JSON.parse(lines[0]!)).not.toThrow();
    for (const canary of [CANARY_EMAIL, "小红", CANARY_TOKEN, CANARY_CODE]) expect(lines[0]).not.toContain(canary);
  });

  it("keeps what helps: codes of errors, the statement, the sentence, the stack", () => {
    const { logger, lines } = capture();
    logger.error({ err: drizzleError(), code: "coupon.unknown" }, "failed");
    const entry = JSON.parse(lines[0]!);
    expect(entry).toMatchObject({ level: "error", msg: "failed", code: "coupon.unknown" });
    expect(entry.err.cause).toMatchObject({ code: "23505" });
    expect(entry.err.message).toContain("insert into member");
    expect(entry.err.stack).toContain("logging.test.ts");
  });

  it("survives circular and enormous values", () => {
    const { logger, lines } = capture();
    const circular: Record<string, unknown> = { list: Array.from({ length: 1000 }, (_, i) => i) };
    circular.self = circular;
    logger.info({ circular }, "round");
    expect(lines[0]!.length).toBeLessThan(5_000);
  });
});
