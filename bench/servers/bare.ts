// The ceiling: node:http, pg and one prepared statement, whose rows are sent as they come. No GraphQL, no authorisation, no limits.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import pg from "pg";
import { tellUsage } from "./usage.ts";

const { url, communityId, statement } = JSON.parse(process.env.BENCH_OPTIONS ?? "") as {
  url: string;
  communityId: string;
  statement: { text: string; values: unknown[] };
};

// As many connections as Rekindle has, and the same row-level security.
const options = `-c role=rekindle_app -c rekindle.community_id=${communityId}`;
const pool = new pg.Pool({ connectionString: url, max: 20, options });
tellUsage();

const server = createServer(async (request, response) => {
  for await (const _chunk of request);
  const { rows } = await pool.query({ name: "feed", ...statement });
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ data: rows }));
});
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
