import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Check } from "../run-checks.ts";
import { readTree } from "../tree.ts";

interface Manifest {
  readonly [field: string]: unknown;
}

interface Lockfile {
  readonly packages: { readonly [path: string]: { readonly resolved?: string } & Manifest };
}

/** What `npm ci` compares before it installs. */
const COMPARED = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies", "engines"];

export const checkLockfile: Check = {
  name: "lockfile",
  promise: "`npm ci` finds in package-lock.json what package.json asks for, and no address of one machine's registry.",
  async find(root) {
    const [manifest, lockfile] = (await Promise.all(
      ["package.json", "package-lock.json"].map(async (name) => JSON.parse(await readFile(join(root, name), "utf8"))),
    )) as [Manifest, Lockfile];
    const locked = lockfile.packages[""] ?? {};
    const apart = COMPARED.filter((field) => !isDeepStrictEqual(manifest[field], locked[field]));
    const addressed = (await readTree(root, (path) => path.endsWith("package-lock.json"))).flatMap((file) =>
      Object.entries((JSON.parse(file.text) as Lockfile).packages)
        .filter(([, entry]) => entry.resolved?.startsWith("http"))
        .map(([path, entry]) => `${file.path} says where ${path} came from: ${entry.resolved}`),
    );
    return [
      ...apart.map((field) => `package-lock.json has other ${field} than package.json: run npm install`),
      ...addressed,
    ];
  },
};
