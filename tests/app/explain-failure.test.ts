import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, it } from "vitest";
import { explainToPerson } from "../../src/app/explain-failure.ts";
import { explainPostgres, explainRedis } from "../../src/app/preflight.ts";
import { installationFolder, runRekindle } from "../support/rekindle-process.ts";

const failed = (facts: object) => Object.assign(new Error("it failed"), facts);
const POSTGRES = "postgres://learner:s3cret@db.example.com/courses";
const REDIS = "redis://:s3cret@cache.example.com";

describe("explainToPerson", () => {
  it.each([
    [{ code: "EADDRINUSE", syscall: "listen", address: "127.0.0.1", port: 4000 }, "Port 4000", "PORT=4001 npm start"],
    [{ code: "EADDRNOTAVAIL", syscall: "listen", address: "192.0.2.1", port: 4000 }, "192.0.2.1 is no", "Set HOST to"],
    [{ code: "EACCES", syscall: "listen", address: "0.0.0.0", port: 80 }, "port 80", "Set PORT to"],
    [{ code: "EACCES", syscall: "open" }, "it failed", "REKINDLE_FOLDER"],
    [{ code: "ENOTDIR", syscall: "mkdir" }, "it failed", "REKINDLE_FOLDER"],
    [{ code: "ENOENT", syscall: "open" }, "it failed", "the path exists"],
    [{ code: "ENOSPC" }, "disk is full", "Free some space"],
  ])("says what %j is and what to do", (facts, what, remedy) => {
    const said = explainToPerson(new Error("wrapped", { cause: failed(facts) }));
    expect(said).toContain(what);
    expect(said).toContain(remedy);
    expect(said).not.toContain("    at ");
  });
});

describe("explainPostgres", () => {
  it.each([
    [failed({ code: "28P01" }), "does not let the user learner in", "the password in DATABASE_URL"],
    [failed({ code: "3D000" }), "has no database courses", "createdb courses"],
    [failed({ code: "ECONNREFUSED" }), "nothing listens there", "Start it"],
    [new AggregateError([failed({ code: "ECONNREFUSED" })]), "nothing listens there", "Start it"],
    [failed({ code: "ENOTFOUND" }), "no host of that name", "host and port in DATABASE_URL"],
    [failed({ code: "53300" }), "no connection left", "max_connections"],
  ])("says what %s is and what to do", (error, what, remedy) => {
    const said = explainPostgres(POSTGRES, error);
    expect(said).toContain("PostgreSQL at db.example.com:5432 (DATABASE_URL)");
    expect(said).toContain(what);
    expect(said).toContain(remedy);
    expect(said).not.toContain("s3cret");
  });
});

describe("explainRedis", () => {
  it.each([
    [failed({ code: "ECONNREFUSED" }), "nothing listens there"],
    [new Error("WRONGPASS invalid username-password pair"), "does not accept the password"],
  ])("says what %s is", (error, what) => {
    const said = explainRedis(REDIS, error);
    expect(said).toContain("Redis at cache.example.com:6379 (REDIS_URL)");
    expect(said).toContain(what);
    expect(said).not.toContain("s3cret");
  });
});

describe("a start that cannot be", async () => {
  const installation = await installationFolder();
  const busy = createServer();
  await new Promise<void>((resolve) => busy.listen(0, "127.0.0.1", resolve));
  afterAll(async () => {
    busy.close();
    await installation.remove();
  });
  const { port } = busy.address() as AddressInfo;

  it.each([
    [{ DATABASE_URL: "postgres://rekindle:s3cret@127.0.0.1:1/x" }, "PostgreSQL at 127.0.0.1:1 (DATABASE_URL)"],
    [{ PORT: String(port) }, `Port ${port} of 127.0.0.1 is in use`],
    [{ PORT: String(port), REDIS_URL: "redis://:s3cret@127.0.0.1:1" }, "Redis at 127.0.0.1:1 (REDIS_URL)"],
    [{ HOST: "1.2.3.4.5" }, "set HOST to an address to listen on"],
    [{ REKINDLE_FOLDER: "/dev/null" }, "/dev/null is a file"],
  ])(
    "with %j ends with 1 and no stack",
    async (env, says) => {
      const given = { DATABASE_URL: "", REDIS_URL: "", REKINDLE_FOLDER: installation.path, LOG_LEVEL: "warn", ...env };
      const { code, stderr } = await runRekindle(["start", "--no-demo"], given);
      expect(stderr).toContain(says);
      expect(stderr).not.toMatch(/^ {4}at |s3cret/m);
      expect(code).toBe(1);
    },
    180_000,
  );
});
