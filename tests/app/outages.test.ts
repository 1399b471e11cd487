import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { outageTeller } from "../../src/app/outages.ts";
import { createLogger } from "../../src/platform/logging.ts";

function aServer() {
  const lines: { level: string; msg: string; error?: string }[] = [];
  const logger = createLogger({ level: "info", destination: { write: (line) => lines.push(JSON.parse(line)) } });
  const server = { isUp: false };
  const answers = async () => {
    if (!server.isUp) throw new Error("refused");
  };
  return { lines, server, fail: outageTeller("Redis at cache:6379", answers, logger, 5) };
}

describe("outageTeller", () => {
  it("tells once that a server is away and once that it is back, however many connections fail", async () => {
    const { lines, server, fail } = aServer();
    for (let i = 0; i < 20; i += 1) fail(new Error("connect ECONNREFUSED"));
    await sleep(30);
    fail(new Error("connect ECONNREFUSED"));
    expect(lines).toEqual([expect.objectContaining({ level: "warn", error: expect.stringContaining("ECONNREFUSED") })]);
    expect(JSON.stringify(lines)).not.toContain("stack");

    server.isUp = true;
    await expect.poll(() => lines.map(({ msg }) => msg)).toContain("Redis at cache:6379 answers again");
    await sleep(30);
    expect(lines).toHaveLength(2);
  });

  it("tells of the next outage too", async () => {
    const { lines, server, fail } = aServer();
    server.isUp = true;
    fail(new Error("reset"));
    await expect.poll(() => lines.length).toBe(2);
    fail(new Error("reset"));
    await expect.poll(() => lines.map(({ level }) => level)).toEqual(["warn", "info", "warn", "info"]);
  });
});
