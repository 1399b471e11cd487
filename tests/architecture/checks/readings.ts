import ts from "typescript";
import type { Check } from "../run-checks.ts";
import { lineOf, nodesOf, parseSource } from "../syntax.ts";
import { readTree, SOURCE } from "../tree.ts";

/** Something of the machine that code could read behind its caller's back. */
interface Reading {
  readonly what: string;
  readonly instead: string;
  readonly allowedIn: RegExp;
  reads(node: ts.Node): boolean;
}

const READINGS: readonly Reading[] = [
  {
    what: "the clock",
    instead: "take `now` from the caller",
    allowedIn: /^(?:src\/app|schema|workers)\/|^src\/kernel\/instant\.ts$/,
    reads: (node) =>
      isMember(node, "Date", "now") ||
      isMember(node, "performance", "now", "timeOrigin") ||
      isMember(node, "process", "hrtime", "uptime") ||
      isMember(node, "DateTime", "now") ||
      (isCallOf(node, "Date") && (ts.isCallExpression(node) || !node.arguments?.length)) ||
      (isMethodCall(node, "DateTime", "local", "utc") && node.arguments.length === 0) ||
      isNamed(node, "defaultNow") ||
      isSql(
        node,
        /\b(?:now|(?:clock|statement|transaction)_timestamp)\(\)|\b(?:current_(?:timestamp|date|time)|localtimestamp)\b/i,
      ),
  },
  {
    what: "unseeded chance",
    instead: "take an `Rng`, or an id, from the caller",
    allowedIn: /^$/,
    reads: (node) =>
      isMember(node, "Math", "random") ||
      isNamed(node, "defaultRandom") ||
      isSql(node, /\b(?:gen_random_uuid|random)\(\)/i),
  },
  {
    what: "the environment",
    instead: "take what src/app read from it",
    allowedIn: /^src\/app\//,
    reads: (node) => isMember(node, "process", "env") || isImportOf(node, "process", "env"),
  },
];

export const checkReadings: Check = {
  name: "readings",
  promise: "Only the faces read the clock, only src/app reads the environment, and nobody rolls dice without a seed.",
  async find(root) {
    const files = await readTree(root, (path) => /^(?:src|schema|workers|drizzle)\//.test(path) && SOURCE.test(path));
    return files.flatMap((file) => {
      const watched = READINGS.filter((reading) => !reading.allowedIn.test(file.path));
      return [...nodesOf(parseSource(file))].flatMap((node) =>
        watched
          .filter((reading) => reading.reads(node))
          .map(({ what, instead }) => `${file.path}:${lineOf(node)} reads ${what}: ${instead}`),
      );
    });
  },
};

/** `object.member`, `object["member"]`, and the same under `globalThis`. */
function isMember(node: ts.Node, object: string, ...members: readonly string[]): boolean {
  if (ts.isPropertyAccessExpression(node)) return isGlobal(node.expression, object) && members.includes(node.name.text);
  return (
    ts.isElementAccessExpression(node) &&
    isGlobal(node.expression, object) &&
    ts.isStringLiteralLike(node.argumentExpression) &&
    members.includes(node.argumentExpression.text)
  );
}

function isGlobal(node: ts.Expression, name: string): boolean {
  if (ts.isIdentifier(node)) return node.text === name;
  return ts.isPropertyAccessExpression(node) && node.name.text === name && isGlobal(node.expression, "globalThis");
}

function isCallOf(node: ts.Node, name: string): node is ts.CallExpression | ts.NewExpression {
  return (ts.isCallExpression(node) || ts.isNewExpression(node)) && isGlobal(node.expression, name);
}

function isMethodCall(node: ts.Node, object: string, ...methods: readonly string[]): node is ts.CallExpression {
  return ts.isCallExpression(node) && isMember(node.expression, object, ...methods);
}

function isNamed(node: ts.Node, member: string): boolean {
  return ts.isPropertyAccessExpression(node) && node.name.text === member;
}

function isImportOf(node: ts.Node, module: string, name: string): boolean {
  if (!ts.isImportSpecifier(node) || (node.propertyName ?? node.name).text !== name) return false;
  const from = node.parent.parent.parent.moduleSpecifier;
  return ts.isStringLiteral(from) && from.text.replace(/^node:/, "") === module;
}

/** A string that holds a word of SQL, read as SQL. */
function isSql(node: ts.Node, pattern: RegExp): boolean {
  const isText = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
  return isText && pattern.test(node.text);
}
