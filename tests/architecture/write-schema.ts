import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { lexicographicSortSchema, printSchema } from "graphql";
import { buildApiSchema } from "../../schema/api-schema.ts";

/** `npm run schema:write` brings `schema/schema.graphql` in line with the code; with `--print` it only says what would be there. */
const text = `${printSchema(lexicographicSortSchema(await buildApiSchema()))}\n`;
if (process.argv.includes("--print")) process.stdout.write(text);
else await writeFile(fileURLToPath(new URL("../../schema/schema.graphql", import.meta.url)), text);
