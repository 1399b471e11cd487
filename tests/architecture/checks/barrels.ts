import ts from "typescript";
import type { Check } from "../run-checks.ts";
import { parseSource } from "../syntax.ts";
import { readTree, SOURCE } from "../tree.ts";

export const checkBarrels: Check = {
  name: "barrels",
  promise: "No file only passes on what others export: whoever needs something imports it where it lives.",
  async find(root) {
    const files = await readTree(root, (path) => SOURCE.test(path));
    return files.filter((file) => isBarrel(parseSource(file))).map((file) => `${file.path} is a barrel`);
  },
};

function isBarrel(source: ts.SourceFile): boolean {
  const statements = source.statements.filter((statement) => !ts.isImportDeclaration(statement));
  return statements.length > 0 && statements.every((statement) => ts.isExportDeclaration(statement));
}
