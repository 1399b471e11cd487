import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";
import { bundleGraphiql } from "./graphiql-bundle.ts";

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>GraphiQL · Rekindle</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/graphiql/assets/client.css" />
    <style>html, body, #graphiql { height: 100%; margin: 0; }</style>
  </head>
  <body>
    <div id="graphiql"></div>
    <script type="module" src="/graphiql/assets/client.js"></script>
  </body>
</html>
`;

/**
 * Nothing but this server is ever asked for anything. Inline styles are what the editor draws with; it has no inline scripts, and
 * the fonts and icons lie in the style sheet as data.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** GraphiQL at `/graphiql`, without a build step and offline: its files are bundled when the page is first asked for. */
export function graphiqlRoutes(cacheFolder: string) {
  let bundle: Promise<string> | null = null;
  const folder = () => {
    bundle ??= bundleGraphiql(cacheFolder).catch((error: unknown) => {
      bundle = null; // a full disk may have room again
      throw error;
    });
    return bundle;
  };
  return async (app: FastifyInstance): Promise<void> => {
    await mkdir(cacheFolder, { recursive: true });
    await app.register(fastifyStatic, { root: resolve(cacheFolder), serve: false });
    app.get("/graphiql", async (_request, reply) => {
      await folder();
      return reply
        .type("text/html; charset=utf-8")
        .header("content-security-policy", CONTENT_SECURITY_POLICY)
        .send(PAGE);
    });
    app.get<{ Params: { file: string } }>("/graphiql/assets/:file", async (request, reply) =>
      // Workers are governed by the policy of their own response.
      reply.header("content-security-policy", CONTENT_SECURITY_POLICY).sendFile(request.params.file, await folder()),
    );
  };
}
