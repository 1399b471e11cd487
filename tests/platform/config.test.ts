import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/platform/config.ts";

const KEY = "k1:7mY8xq0vXGm6oT1pYwzvWlq3H0k0m1n2b3v4c5x6z7A=";

const PRODUCTION = {
  NODE_ENV: "production",
  DATABASE_URL: "postgres://rekindle:pw@db:5432/rekindle",
  REDIS_URL: "redis://redis:6379",
  REKINDLE_ENCRYPTION_KEYS: KEY,
  PUBLIC_URL: "https://learn.example.com",
};

function problemsOf(environment: Record<string, string>): string[] {
  const read = readConfig(environment);
  return "problems" in read ? read.problems.map((problem) => problem.variable) : [];
}

describe("readConfig", () => {
  it("needs nothing to be tried out", () => {
    const read = readConfig({});
    expect(read).toMatchObject({
      config: { port: 4000, host: "127.0.0.1", databaseUrl: null, redisUrl: null, graphiql: true },
    });
  });

  it("opens the metrics where it is tried out, and in production only when told so or with a token", () => {
    const token = "5f2c9a7be0d14386";
    expect(readConfig({})).toMatchObject({ config: { metricsOpen: true, metricsToken: null } });
    expect(readConfig(PRODUCTION)).toMatchObject({ config: { metricsOpen: false, metricsToken: null } });
    expect(readConfig({ ...PRODUCTION, METRICS_OPEN: "1", METRICS_TOKEN: token })).toMatchObject({
      config: { metricsOpen: true, metricsToken: token },
    });
    expect(problemsOf({ METRICS_TOKEN: "short" })).toEqual(["METRICS_TOKEN"]);
    expect(problemsOf({ METRICS_TOKEN: "x".repeat(32) })).toEqual(["METRICS_TOKEN"]);
  });

  it("takes an empty variable for an absent one", () => {
    expect(readConfig({ DATABASE_URL: " ", PORT: "" })).toMatchObject({ config: { databaseUrl: null, port: 4000 } });
  });

  it("tells every problem at once, each with its remedy", () => {
    const read = readConfig({
      PORT: "seventy",
      DATABASE_URL: "mysql://x",
      LOG_LEVEL: "loud",
      REKINDLE_ENCRYPTION_KEYS: "k1:short",
    });
    if (!("problems" in read)) throw new Error("expected problems");
    expect(read.problems.map((problem) => problem.variable)).toEqual([
      "PORT",
      "DATABASE_URL",
      "REKINDLE_ENCRYPTION_KEYS",
      "LOG_LEVEL",
    ]);
    for (const problem of read.problems) expect(problem.remedy).toMatch(/^set [A-Z_]+ to /);
  });

  it("advises production against nothing that production refuses", () => {
    const read = readConfig({ NODE_ENV: "production" });
    expect(JSON.stringify(read)).not.toContain("leave it out");
    expect(read).toMatchObject({
      problems: expect.arrayContaining([
        expect.objectContaining({ variable: "REDIS_URL", remedy: "set REDIS_URL to redis://host:6379" }),
      ]),
    });
  });

  it.each(["127.0.0.1", "::1", "localhost", "db-1.example.com"])("listens on %s", (host) => {
    expect(readConfig({ HOST: host })).toMatchObject({ config: { host } });
  });

  it("lets the pages of the named origins in, and of no other", () => {
    expect(readConfig({})).toMatchObject({ config: { allowedOrigins: [] } });
    const allowedOrigins = ["https://app.example.com", "http://localhost:5173"];
    expect(readConfig({ ALLOWED_ORIGINS: allowedOrigins.join(", ") })).toMatchObject({ config: { allowedOrigins } });
  });

  it("never repeats a value, which may be a secret", () => {
    expect(JSON.stringify(readConfig({ DATABASE_URL: "hunter2", REKINDLE_ENCRYPTION_KEYS: "hunter2" }))).not.toContain(
      "hunter2",
    );
  });

  it.each([
    ["PORT", "65536"],
    ["PORT", "-1"],
    ["HOST", "1.2.3.4.5"],
    ["HOST", "http://localhost"],
    ["ALLOWED_ORIGINS", "https://app.example.com/"],
    ["ALLOWED_ORIGINS", "*"],
    ["DATABASE_POOL_SIZE", "3"],
    ["REDIS_URL", "http://redis"],
    ["MAIL_FROM", "nobody\nBcc: all@example.com"],
    ["TRUSTED_PROXIES", "everyone"],
    ["REKINDLE_ENCRYPTION_KEYS", `${KEY},${KEY}`],
    ["GRAPHIQL", "yes"],
  ])("refuses %s=%j", (variable, value) => {
    expect(problemsOf({ [variable]: value })).toEqual([variable]);
  });

  it("accepts a whole production configuration", () => {
    expect(readConfig(PRODUCTION)).toMatchObject({ config: { production: true, host: "0.0.0.0", graphiql: false } });
  });

  it.each(["DATABASE_URL", "REDIS_URL", "REKINDLE_ENCRYPTION_KEYS", "PUBLIC_URL"])(
    "refuses production without %s",
    (variable) => {
      expect(problemsOf({ ...PRODUCTION, [variable]: "" })).toEqual([variable]);
    },
  );

  it("refuses a published key in production", () => {
    const published = `k1:${Buffer.alloc(32).toString("base64")}`;
    expect(problemsOf({ ...PRODUCTION, REKINDLE_ENCRYPTION_KEYS: published })).toEqual(["REKINDLE_ENCRYPTION_KEYS"]);
  });
});

describe("docker-compose.yml", () => {
  /** What the file's own environment becomes, as Compose fills it in: `${NAME:-default}` and `${NAME:?why}`. */
  async function composed(given: Readonly<Record<string, string>>): Promise<Record<string, string>> {
    const text = await readFile(new URL("../../docker-compose.yml", import.meta.url), "utf8");
    const [, block = ""] = /^x-rekindle:[\s\S]*?\n {2}environment:\n((?: {4}.*\n)+)/m.exec(text) ?? [];
    const lines = [...block.matchAll(/^ {4}([A-Z_]+): (.*)$/gm)];
    return Object.fromEntries(
      lines.map(([, name = "", value = ""]) => [
        name,
        value.replaceAll(/\$\{([A-Z_]+):([-?])([^}]*)\}/g, (_whole, variable: string, kind: string, rest: string) => {
          const filled = given[variable] || (kind === "-" ? rest : undefined);
          if (filled === undefined) throw new Error(`${variable}: ${rest}`);
          return filled;
        }),
      ]),
    );
  }
  const REQUIRED = { POSTGRES_PASSWORD: "pw", REKINDLE_ENCRYPTION_KEYS: KEY, PUBLIC_URL: "https://learn.example.com" };

  it("is a whole production configuration with the three variables that it asks for", async () => {
    expect(readConfig(await composed(REQUIRED))).toMatchObject({
      config: {
        production: true,
        databaseUrl: "postgres://rekindle:pw@postgres:5432/rekindle",
        redisUrl: "redis://redis:6379",
        encryptionKeys: [{ id: "k1" }],
        publicUrl: "https://learn.example.com",
        smtpUrl: null,
        trustedProxies: [],
      },
    });
  });

  it.each(Object.keys(REQUIRED))("asks for %s when it is missing", async (variable) => {
    await expect(composed({ ...REQUIRED, [variable]: "" })).rejects.toThrow(variable);
  });

  it("passes on what it may be given", async () => {
    const given = {
      ...REQUIRED,
      SMTP_URL: "smtp://user:pw@mail:587",
      MAIL_FROM: "Rekindle <hello@example.com>",
      TRUSTED_PROXIES: "10.0.0.0/8",
    };
    expect(readConfig(await composed(given))).toMatchObject({
      config: { smtpUrl: given.SMTP_URL, mailFrom: given.MAIL_FROM, trustedProxies: ["10.0.0.0/8"] },
    });
  });

  it("gives no variable that nobody reads, and documents each", async () => {
    const running = await readFile(new URL("../../docs/running.md", import.meta.url), "utf8");
    for (const name of Object.keys(await composed(REQUIRED))) expect(running).toContain(`\`${name}\``);
  });
});
