import type { Plant } from "./planted-tree.ts";

/** DESIGN.md §1, lowest first: each may import what stands on an earlier line, and nothing else. */
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

const FOLDERS = RANKS.flatMap((folders, rank) => folders.map((folder) => ({ folder, rank })));

/** Drizzle needs no numerics, but nothing speaks against it: only what is wrong is planted here. */
const PAIRS = FOLDERS.flatMap((from) => FOLDERS.filter((to) => to !== from).map((to) => ({ from, to })));

const UPWARDS = PAIRS.filter(({ from, to }) => from.rank < to.rank);
const SIDEWAYS = PAIRS.filter(({ from, to }) => from.rank === to.rank);

/** `from → to` as dependency-cruiser prints it, for every import between folders that the ranks forbid. */
export const FORBIDDEN_EDGES: readonly string[] = [...UPWARDS, ...SIDEWAYS].map(
  ({ from, to }) => `${from.folder}/planted-source.ts → ${to.folder}/planted-target.ts`,
);

/** A file in every folder that imports a type of every other folder, whatever the ranks say. */
export const PLANTED_EDGES: readonly Plant[] = FOLDERS.flatMap(({ folder }) => [
  { path: `${folder}/planted-target.ts`, text: () => "export type Planted = string;\n" },
  {
    path: `${folder}/planted-source.ts`,
    text: () =>
      PAIRS.filter(({ from }) => from.folder === folder)
        .map(
          ({ to }, index) =>
            `import type { Planted as P${index} } from "${upTo(folder)}${to.folder}/planted-target.ts";\n`,
        )
        .join(""),
  },
]);

/** One violation of each rule that is not about ranks, by the rule's name: the file, and what it imports. */
export const PLANTED_IMPORTS: readonly (readonly [rule: string, path: string, text: string])[] = [
  ["every-folder-has-a-rank", "src/elsewhere/planted.ts", 'import "../kernel/assert.ts";\n'],
  ["math-is-pure", "src/math/planted-file.ts", 'import "node:fs";\n'],
  ["math-is-pure", "src/math/planted-package.ts", 'import "luxon";\n'],
  ["graphql-stays-in-schema", "src/community/planted-graphql.ts", 'import type { GraphQLError } from "graphql";\n'],
  ["graphql-stays-in-schema", "src/qa/planted-graphql.ts", 'import { Field } from "type-graphql";\n'],
  ["graphql-stays-in-schema", "workers/planted-graphql.ts", 'import { ApolloServer } from "@apollo/server";\n'],
  ["graphql-stays-in-schema", "src/platform/planted-http.ts", 'import fastify from "fastify";\n'],
  ["queues-stay-in-workers", "src/platform/planted-queue.ts", 'import { Queue } from "bullmq";\n'],
  ["queues-stay-in-workers", "schema/planted-queue.ts", 'import type { Queue } from "bullmq";\n'],
  ["connections-stay-in-platform", "src/rewards/planted-pool.ts", 'import type pg from "pg";\n'],
  ["connections-stay-in-platform", "schema/planted-redis.ts", 'import { Redis } from "ioredis";\n'],
  ["no-cycles", "src/kernel/planted-egg.ts", 'import type { Hen } from "./planted-hen.ts";\nexport type Egg = Hen;\n'],
  ["no-cycles", "src/kernel/planted-hen.ts", 'import type { Egg } from "./planted-egg.ts";\nexport type Hen = Egg;\n'],
  ["nothing-imports-tests", "src/identity/planted-test.ts", 'import "../../tests/architecture/tree.ts";\n'],
  ["product-needs-no-development-dependency", "src/app/planted-aid.ts", 'import fc from "fast-check";\n'],
  ["imports-can-be-found", "workers/planted-nowhere.ts", 'import "./planted-and-gone.ts";\n'],
  ["imports-can-be-found", "workers/planted-unlisted.ts", 'import "planted-package";\n'],
];

function upTo(folder: string): string {
  return "../".repeat(folder.split("/").length);
}
