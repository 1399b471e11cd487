import { createHash, randomUUID } from "node:crypto";
import { access, mkdir, readFile, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, stop } from "esbuild";

const CLIENT = fileURLToPath(new URL("./graphiql/client.js", import.meta.url));

/**
 * The folder with GraphiQL's files for the browser: made once by esbuild, and found again in `cacheFolder` by later starts. A new
 * release of what goes into it gets a folder of its own. Processes that start together may both build; one of them keeps.
 */
export async function bundleGraphiql(cacheFolder: string): Promise<string> {
  const folder = resolve(cacheFolder, `graphiql-${await fingerprint()}`);
  if (await exists(folder)) return folder;
  const fresh = join(cacheFolder, `building-${randomUUID()}`);
  await mkdir(fresh, { recursive: true });
  try {
    await bundleInto(fresh);
    await rename(fresh, folder);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    if (!(await exists(folder))) throw error;
  } finally {
    await stop(); // esbuild's own process is not needed again
  }
  return folder;
}

async function bundleInto(outdir: string): Promise<void> {
  const { resolve } = graphiqlRequire();
  await build({
    entryPoints: {
      client: CLIENT,
      "editor.worker": resolve("monaco-editor/esm/vs/editor/editor.worker.js"),
      "json.worker": resolve("monaco-editor/esm/vs/language/json/json.worker.js"),
      "graphql.worker": resolve("monaco-graphql/esm/graphql.worker.js"),
    },
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    minify: true,
    legalComments: "none",
    define: { "process.env.NODE_ENV": '"production"' },
    loader: { ".ttf": "file" },
    logLevel: "silent",
  });
}

/** Resolves as graphiql itself does: its editor is its dependency, not ours. */
function graphiqlRequire(): NodeJS.Require {
  const own = createRequire(import.meta.url);
  return createRequire(own.resolve("graphiql/package.json"));
}

async function fingerprint(): Promise<string> {
  const { resolve } = graphiqlRequire();
  const hash = createHash("sha256").update(await readFile(CLIENT));
  for (const name of ["graphiql", "react", "esbuild"]) hash.update(await readFile(resolve(`${name}/package.json`)));
  return hash.digest("hex").slice(0, 16);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
