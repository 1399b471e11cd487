// PostGraphile 5 on the same tables, as its documentation starts it. No authorisation, no row-level security.
import { createServer } from "node:http";

// It asks for Node 22, and this one function is all that it misses of it on Node 20.
Promise.withResolvers ??= function withResolvers() {
  const settlers = {};
  const promise = new this((resolve, reject) => Object.assign(settlers, { resolve, reject }));
  return { promise, ...settlers };
};

const { TYPES } = await import("postgraphile/@dataplan/pg");
const { postgraphile } = await import("postgraphile");
const { makePgService } = await import("postgraphile/adaptors/pg");
const { grafserv } = await import("postgraphile/grafserv/node");
const { PostGraphileAmberPreset } = await import("postgraphile/presets/amber");

/** It does not know PostgreSQL's type of transaction ids, and fills the screen with it. */
const xid8 = {
  name: "Xid8Plugin",
  version: "1.0.0",
  gather: {
    hooks: {
      pgCodecs_findPgCodec(_info, event) {
        if (event.pgCodec === null && event.pgType.typname === "xid8") event.pgCodec = TYPES.bigint;
      },
    },
  },
};

const { url } = JSON.parse(process.env.BENCH_OPTIONS ?? "");
const pgl = postgraphile({
  extends: [PostGraphileAmberPreset],
  plugins: [xid8],
  // It would offer orders by single indexed columns only, and the feed's index is composite.
  disablePlugins: ["PgIndexBehaviorsPlugin"],
  pgServices: [makePgService({ connectionString: url, schemas: ["public"], poolConfig: { max: 20 } })],
  grafserv: { port: 0, watch: false, graphiql: false },
  grafast: { explain: false },
});

process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send({ cpuMs: (user + system) / 1_000, statements: null });
});
const server = createServer();
const serv = pgl.createServ(grafserv);
await serv.addTo(server);
server.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
