import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Check } from "../run-checks.ts";
import { readTree } from "../tree.ts";

interface Manifest {
  readonly [field: string]: unknown;
}

interface LockedPackage extends Manifest {
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Lockfile {
  readonly packages: { readonly [path: string]: LockedPackage };
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
    const incomplete = missingPackages(lockfile).map(
      ([path, name]) => `package-lock.json lacks ${name}, which ${path || "package.json"} asks for: run npm install`,
    );
    return [
      ...incomplete,
      ...apart.map((field) => `package-lock.json has other ${field} than package.json: run npm install`),
      ...addressed,
    ];
  },
};

/** What a locked package asks for and the lock has not, those of other platforms too: `npm install` may drop them, `npm ci` refuses. */
function missingPackages({ packages }: Lockfile): (readonly [path: string, name: string])[] {
  return Object.entries(packages).flatMap(([path, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !isLocked(packages, path, name))
      .map((name) => [path, name] as const),
  );
}

/** Looks where Node would: beside the package, then upwards. */
function isLocked(packages: Lockfile["packages"], path: string, name: string): boolean {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("node_modules/") - 1))) {
    if (packages[`${folder === "" ? "" : `${folder}/`}node_modules/${name}`] !== undefined) return true;
    if (folder === "") return false;
  }
}
