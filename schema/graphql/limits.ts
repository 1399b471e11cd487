import { type ASTNode, type DocumentNode, type GraphQLSchema, Kind, type SelectionSetNode, visit } from "graphql";
import { type DocumentCost, measureCost } from "./document-cost.ts";
import type { ErrorCode } from "./errors.ts";

/** What one document may ask for. Refusals name the limit, never its number. */
export interface DocumentLimits {
  /** Length of the text, before anything is parsed. */
  readonly charactersMax: number;
  /** Lexical tokens; the parser stops there. */
  readonly tokensMax: number;
  readonly depthMax: number;
  /** Nesting below `__schema` and `__type`: the standard introspection query needs 15. */
  readonly introspectionDepthMax: number;
  /** See {@link measureCost}: objects that one operation can return when every page is full. */
  readonly costMax: number;
  /** Fields once every fragment is written out, however often it is spread. */
  readonly fieldsMax: number;
  readonly aliasesMax: number;
  readonly directivesMax: number;
  /** How often one selection set may name the same response key. */
  readonly repeatsMax: number;
  /** Items of a list in arguments or variables. */
  readonly inputListMax: number;
  /** Nesting of lists and objects in arguments or variables. */
  readonly inputDepthMax: number;
  /** The largest page there is: what a page counts for whose size is not written in the document. */
  readonly pageSizeMax: number;
}

export const defaultDocumentLimits: DocumentLimits = {
  charactersMax: 15_000,
  tokensMax: 1_000,
  depthMax: 12,
  introspectionDepthMax: 16,
  costMax: 5_000,
  fieldsMax: 2_000,
  aliasesMax: 15,
  directivesMax: 50,
  repeatsMax: 10,
  inputListMax: 250,
  inputDepthMax: 16,
  pageSizeMax: 100,
};

export type LimitRefusal = { readonly code: ErrorCode; readonly message: string };

const refusals = {
  depth: { code: "DOCUMENT_TOO_DEEP", message: "The operation nests too deeply." },
  cost: { code: "DOCUMENT_TOO_COSTLY", message: "The operation asks for too much at once: ask for smaller pages." },
  aliases: { code: "TOO_MANY_ALIASES", message: "The document has too many aliases." },
  directives: { code: "TOO_MANY_DIRECTIVES", message: "The document has too many directives." },
  repeats: { code: "TOO_MANY_REPEATS", message: "The document asks for the same field too often." },
  list: { code: "INPUT_LIST_TOO_LONG", message: "A list in the input has too many items." },
  nesting: { code: "INPUT_TOO_DEEP", message: "The input nests too deeply." },
} as const satisfies Record<string, LimitRefusal>;

/** What the limits say of a parsed document: its operations' costs, and the first limit it breaks, if any. */
export function checkDocument(
  schema: GraphQLSchema,
  document: DocumentNode,
  limits: DocumentLimits,
): { readonly cost: DocumentCost; readonly refusal: LimitRefusal | null } {
  const text = countText(document);
  const cost = measureCost(schema, document, limits.pageSizeMax);
  return { cost, refusal: firstRefusal(text, cost, limits) };
}

function firstRefusal(text: TextCounts, cost: DocumentCost, limits: DocumentLimits): LimitRefusal | null {
  if (text.aliases > limits.aliasesMax) return refusals.aliases;
  if (text.directives > limits.directivesMax) return refusals.directives;
  if (text.repeats > limits.repeatsMax) return refusals.repeats;
  if (text.listItems > limits.inputListMax) return refusals.list;
  if (text.inputDepth > limits.inputDepthMax) return refusals.nesting;
  if (cost.depth > limits.depthMax || cost.introspectionDepth > limits.introspectionDepthMax) return refusals.depth;
  if (cost.fields > limits.fieldsMax || cost.cost > limits.costMax) return refusals.cost;
  return null;
}

interface TextCounts {
  aliases: number;
  directives: number;
  repeats: number;
  listItems: number;
  inputDepth: number;
}

/** What can be counted without knowing the schema, in one walk over the text as written. */
function countText(document: DocumentNode): TextCounts {
  const counts: TextCounts = { aliases: 0, directives: 0, repeats: 0, listItems: 0, inputDepth: 0 };
  let inputDepth = 0;
  visit(document, {
    enter(node) {
      if (node.kind === Kind.FIELD && node.alias !== undefined) counts.aliases += 1;
      if (node.kind === Kind.DIRECTIVE) counts.directives += 1;
      if (node.kind === Kind.SELECTION_SET) counts.repeats = Math.max(counts.repeats, mostRepeated(node));
      if (node.kind === Kind.LIST) counts.listItems = Math.max(counts.listItems, node.values.length);
      if (isNestingValue(node)) inputDepth += 1;
      counts.inputDepth = Math.max(counts.inputDepth, inputDepth);
    },
    leave(node) {
      if (isNestingValue(node)) inputDepth -= 1;
    },
  });
  return counts;
}

function isNestingValue({ kind }: ASTNode): boolean {
  return kind === Kind.LIST || kind === Kind.OBJECT;
}

/** How often the most frequent response key, or fragment, of a selection set comes up in it. */
function mostRepeated({ selections }: SelectionSetNode): number {
  const times = new Map<string, number>();
  for (const selection of selections) {
    if (selection.kind === Kind.INLINE_FRAGMENT) continue;
    const spread = selection.kind === Kind.FRAGMENT_SPREAD;
    const key = spread ? `...${selection.name.value}` : (selection.alias ?? selection.name).value;
    times.set(key, (times.get(key) ?? 0) + 1);
  }
  return Math.max(0, ...times.values());
}

/** The limits that hold for variables: they are checked on every request, since a document is checked only once. */
export function checkVariables(variables: unknown, limits: DocumentLimits): LimitRefusal | null {
  let level: unknown[] = [variables];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limits.inputDepthMax + 1) return refusals.nesting;
    const next: unknown[] = [];
    for (const value of level) {
      if (Array.isArray(value)) {
        if (value.length > limits.inputListMax) return refusals.list;
        for (const item of value) if (isNested(item)) next.push(item);
      } else if (isNested(value)) {
        for (const item of Object.values(value)) if (isNested(item)) next.push(item);
      }
    }
    level = next;
  }
  return null;
}

function isNested(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
