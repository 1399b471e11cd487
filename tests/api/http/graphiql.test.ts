import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { pubSub } from "./toy-schema.ts";
import { send, startToyServer, type ToyServer } from "./toy-server.ts";

const CHROMIUM = "/usr/bin/chromium";
/** Where to leave a picture of the page, for whoever wants to look at it. */
const screenshotFolder = process.env.REKINDLE_SCREENSHOTS;

describe("GraphiQL", () => {
  let cacheFolder: string;
  let server: ToyServer;
  beforeAll(async () => {
    cacheFolder = await mkdtemp(join(tmpdir(), "rekindle-graphiql-"));
    server = await startToyServer({ graphiql: { cacheFolder } });
  });
  afterAll(async () => {
    await server.api.close();
    await rm(cacheFolder, { recursive: true, force: true });
  });

  it("is not there unless configured", async () => {
    const bare = await startToyServer();
    expect((await send(`${bare.url}/graphiql`)).status).toBe(404);
    await bare.api.close();
  });

  it("is bundled on the first request, once, under a strict policy", async () => {
    const [page, again] = await Promise.all([send(`${server.url}/graphiql`), send(`${server.url}/graphiql`)]);
    expect([page.status, again.status]).toEqual([200, 200]);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'; script-src 'self'");
    expect(page.text).not.toMatch(/https?:\/\//);
    for (const file of ["client.js", "client.css", "editor.worker.js", "json.worker.js", "graphql.worker.js"]) {
      expect((await send(`${server.url}/graphiql/assets/${file}`)).status, file).toBe(200);
    }
    for (const file of ["nope.js", "..%2f..%2fetc%2fpasswd", "..%5c..%5cpackage.json"]) {
      expect((await send(`${server.url}/graphiql/assets/${file}`)).status, file).toBeOneOf([403, 404]);
    }
  });

  it.skipIf(!existsSync(CHROMIUM))(
    "runs a query and a subscription in a browser, and asks nobody but us for anything (skipped without /usr/bin/chromium)",
    async () => {
      const args = ["--no-sandbox", "--disable-background-networking", "--disable-gpu"];
      const browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args });
      onTestFinished(() => browser.close());
      const page = await browser.newPage();
      const foreign: string[] = [];
      const complaints: string[] = [];
      page.on("request", (request) => {
        const url = request.url();
        if (!url.startsWith(server.url) && !url.startsWith("data:") && !url.startsWith("blob:")) foreign.push(url);
      });
      page.on("console", (message) => {
        if (message.type() === "error") complaints.push(message.text());
      });
      page.on("pageerror", (error) => complaints.push(String(error)));
      const workers = page.waitForEvent("worker");

      const query = "query Hello { threads(first: 1) { nodes { id name } } }";
      await page.goto(`${server.url}/graphiql`);
      await page.locator(".graphiql-query-editor .monaco-editor").waitFor();
      await workers;
      await type(page, query);
      await page.locator(".graphiql-execute-button").click();
      await page.locator(".result-window", { hasText: "thread 1" }).waitFor();
      await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
      await page.locator(".graphiql-doc-explorer", { hasText: "Query" }).first().waitFor();
      if (screenshotFolder !== undefined) await page.screenshot({ path: join(screenshotFolder, "graphiql.png") });

      const listeners = pubSub.listenerCount("posted");
      await type(page, "subscription { posted }");
      await page.locator(".graphiql-execute-button").click();
      await expect.poll(() => pubSub.listenerCount("posted")).toBe(listeners + 1);
      pubSub.publish("posted", { title: "live" });
      await page.locator(".result-window", { hasText: "live #" }).waitFor();

      expect(foreign).toEqual([]);
      expect(complaints).toEqual([]);
    },
  );
});

async function type(page: Awaited<ReturnType<Browser["newPage"]>>, text: string): Promise<void> {
  await page.locator(".graphiql-query-editor .monaco-editor").first().click();
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Delete");
  await page.keyboard.insertText(text);
  await page.waitForTimeout(500); // the editor reads the operation's name a moment later
}
