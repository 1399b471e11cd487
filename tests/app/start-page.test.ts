import Fastify from "fastify";
import { describe, expect, it } from "vitest";
import { startPageRoute } from "../../schema/http/start-page.ts";

async function page(production: boolean): Promise<string> {
  const app = Fastify();
  startPageRoute({ graphiql: !production, production })(app);
  return (await app.inject("/")).body;
}

describe("the start page", () => {
  it("tells where the tokens are", async () => {
    const html = await page(false);
    expect(html).toContain("<code>npx rekindle token --role operator</code>");
    expect(html).not.toContain("`");
  });

  it("promises no tokens in production, which makes none", async () => {
    const html = await page(true);
    expect(html).not.toMatch(/rekindle token|were printed|打印/);
    expect(html).toContain("their own provider");
    expect(html).toContain("身份提供方");
  });
});
