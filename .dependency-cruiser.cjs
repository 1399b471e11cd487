/**
 * Who may import whom, as DESIGN.md decided it. Later ranks may import earlier ones, never the other way round, and folders of
 * one rank never import each other: they meet through domain events. `npm run check` runs these rules, and
 * `tests/architecture/planted-violations.test.ts` shows that each of them bites.
 */
const RANKS = [
  ["src/kernel"],
  ["src/math"],
  ["drizzle"],
  ["src/platform"],
  ["src/identity", "src/events"],
  ["src/content"],
  ["src/community", "src/moderation", "src/rewards", "src/coupons", "src/features"],
  ["src/qa", "src/churn", "src/experiments"],
  ["src/nudges", "src/recommendations"],
  ["src/insights", "src/privacy", "src/simulation", "src/imports"],
  ["schema", "workers"],
  ["src/app"],
  ["bin"],
];

const FOLDERS = RANKS.flat();
const BELOW_APP = "^src/(?!app/)";
const PRODUCT = "^(src|schema|workers|drizzle|bin)/";

/** Matches the files of `folders`; the folder itself is the first group. */
const filesOf = (folders) => `^(${folders.join("|")})/`;

/** Matches what npm packages of these names export, however deep. */
const packages = (...names) => `(^|node_modules/)(@types/)?(${names.join("|")})(/|$)`;

const last = (path) => path.split("/").at(-1);

const upwards = RANKS.slice(0, -1).map((rank, index) => ({
  name: `${rank.map(last).join("-")}-imports-nothing-above-it`,
  comment: `${rank.join(", ")}: what is below knows nothing of what is built on it, so that it can be read, tested and changed alone.`,
  from: { path: filesOf(rank) },
  to: { path: filesOf(RANKS.slice(index + 1).flat()) },
}));

const sideways = RANKS.filter((rank) => rank.length > 1).map((rank) => ({
  name: `${rank.map(last).join("-")}-stay-apart`,
  comment:
    "Folders of one rank never import each other: they meet through domain events, or something above brings them together.",
  from: { path: filesOf(rank) },
  to: { path: filesOf(rank), pathNot: "^$1/" },
}));

const vocabulary = [
  {
    name: "every-folder-has-a-rank",
    comment: "A folder without a rank may be imported by anybody: give it its place in RANKS.",
    from: { path: "^src/", pathNot: filesOf(FOLDERS) },
    to: {},
  },
  {
    name: "math-is-pure",
    comment: "Numerics are functions from data to data: no packages and nothing of Node in there, only the kernel.",
    from: { path: "^src/math/" },
    to: { pathNot: "^src/(math|kernel)/" },
  },
  {
    name: "graphql-stays-in-schema",
    comment:
      "What the product knows does not depend on the API in front of it: GraphQL and HTTP servers belong to schema/.",
    from: { path: `${BELOW_APP}|^(workers|drizzle)/` },
    to: {
      path: packages(
        "graphql[^/]*",
        "type-graphql",
        "@apollo/[^/]+",
        "fastify",
        "@fastify/[^/]+",
        "@as-integrations/[^/]+",
      ),
    },
  },
  {
    name: "queues-stay-in-workers",
    comment: "Everybody else writes to the outbox in their transaction; only workers/ know which queue carries it.",
    from: { path: `${BELOW_APP}|^(schema|drizzle)/` },
    to: { path: packages("bullmq") },
  },
  {
    name: "connections-stay-in-platform",
    comment: "Domains are handed a transaction or a port; who connects to PostgreSQL or Redis is decided in one place.",
    from: { path: "^(src|schema)/", pathNot: "^src/(platform|app)/" },
    to: { path: packages("pg", "ioredis") },
  },
];

const hygiene = [
  {
    name: "no-cycles",
    comment:
      "Files that import each other in a circle can only be understood, loaded and moved together. Types count too.",
    from: {},
    to: { circular: true },
  },
  {
    name: "nothing-imports-tests",
    comment: "Tests and benchmarks look at the product; the product does not know them.",
    from: { path: PRODUCT },
    to: { path: "^(tests|bench)/" },
  },
  {
    name: "product-needs-no-development-dependency",
    comment: "`npm ci --omit=dev` installs what production runs: what is imported here belongs to `dependencies`.",
    from: { path: PRODUCT },
    to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
  },
  {
    name: "imports-can-be-found",
    comment:
      "An import that leads nowhere, or to a package that package.json does not name, breaks on the next machine.",
    // The peers of benchmarks have packages of their own, which are installed when they are run.
    from: { path: `${PRODUCT}|^(tests|bench)/`, pathNot: "^bench/peers/" },
    to: { dependencyTypes: ["unknown", "undetermined", "npm-no-pkg", "npm-unknown"] },
  },
];

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [...upwards, ...sideways, ...vocabulary, ...hygiene].map((rule) => ({ severity: "error", ...rule })),
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^drizzle/migrations/" },
    // Looks at the imports before TypeScript drops those that are only types.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
  },
};
