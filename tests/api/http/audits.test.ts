import { serverAudits } from "graphql-http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startToyServer, type ToyServer } from "./toy-server.ts";

describe("GraphQL over HTTP", () => {
  let server: ToyServer;
  beforeAll(async () => {
    server = await startToyServer();
  });
  afterAll(() => server.api.close());

  it("passes graphql-http's audits without an error", async () => {
    const audits = serverAudits({ url: () => `${server.url}/graphql`, fetchFn: fetch });
    expect(audits.length).toBeGreaterThanOrEqual(61);
    const findings: string[] = [];
    let errors = 0;
    for (const audit of audits) {
      const result = await audit.fn();
      if (result.status === "ok") continue;
      if (result.status === "error") errors += 1;
      findings.push(`${result.status} ${result.id} ${result.name}: ${result.reason}`);
    }
    expect(errors, findings.join("\n")).toBe(0);
  });
});
