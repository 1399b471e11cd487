import { type GraphQLSchema, getIntrospectionQuery, parse } from "graphql";
import { beforeAll, describe, expect, it } from "vitest";
import { measureCost } from "../../../schema/graphql/document-cost.ts";
import { buildLeanSchema } from "../../../schema/graphql/lean-schema.ts";
import { checkDocument, checkVariables, defaultDocumentLimits } from "../../../schema/graphql/limits.ts";
import { pointsOf } from "../../../schema/graphql/rate-limits.ts";
import { doublingFragments } from "./hostile-documents.ts";
import { toySchemaOptions } from "./toy-schema.ts";

describe("document limits", () => {
  let schema: GraphQLSchema;
  beforeAll(async () => {
    schema = await buildLeanSchema(toySchemaOptions);
  });
  const cost = (query: string) => measureCost(schema, parse(query), 100).cost;
  const refusal = (query: string) => checkDocument(schema, parse(query), defaultDocumentLimits).refusal?.code ?? "ok";

  it.each([
    ["scalars are free", "{ built __typename }", 0],
    ["an object is 1", '{ member(id: "1") { name points } }', 1],
    ["a page counts its connection and its items", "{ threads(first: 20) { nodes { id } } }", 21],
    ["edges count edge and node", "{ threads(first: 20) { edges { cursor node { id } } } }", 41],
    ["what is beside the items counts once", "{ threads(first: 20) { totalCount nodes { id } } }", 21],
    ["below an item counts for each", "{ threads(first: 20) { nodes { author { name } } } }", 41],
    ["a page that is a variable is the largest", "query ($n: Int) { threads(first: $n) { nodes { id } } }", 101],
    ["a variable's default is no bound", "query ($n: Int = 1) { threads(first: $n) { nodes { id } } }", 101],
    ["a page that is not given is the largest", "{ threads { nodes { id } } }", 101],
    ["a page larger than the largest is clamped", "{ threads(first: 1000000) { nodes { id } } }", 101],
    ["a page below one is one", "{ threads(first: -5) { nodes { id } } }", 2],
    [
      "pages of pages multiply",
      "{ threads(first: 10) { nodes { related(first: 10) { nodes { id } } } } }",
      1 + 10 * (1 + 1 + 10),
    ],
    ["a list by keys is as long as its keys may be", '{ members(ids: ["1"]) { name } }', 100],
    ["a list without pages is ten", "{ found { __typename } }", 10],
    ["aliases add up", '{ a: member(id: "1") { name } b: member(id: "2") { name } }', 2],
    [
      "a fragment counts wherever it is spread",
      "{ a: threads(first: 1) { ...C } b: threads(first: 9) { ...C } } fragment C on ThreadConnection { nodes { id } }",
      2 + 10,
    ],
    ["the worst operation counts", "query A { built } query B { threads(first: 5) { nodes { id } } }", 6],
    ["unknown fields cost nothing yet", "{ nope { nodes { id } } }", 0],
  ])("costs: %s", (_name, query, expected) => {
    expect(cost(query)).toBe(expected);
  });

  it.each<[string, string, string]>([
    ["the standard introspection query", getIntrospectionQuery(), "ok"],
    [
      "… with everything asked for",
      getIntrospectionQuery({
        inputValueDeprecation: true,
        schemaDescription: true,
        specifiedByUrl: true,
        oneOf: true,
      }),
      "ok",
    ],
    [
      "100 × 100 × 100",
      "{ threads(first: 100) { nodes { related(first: 100) { nodes { related(first: 100) { nodes { id } } } } } } }",
      "DOCUMENT_TOO_COSTLY",
    ],
    [
      "100 × 100 by variables",
      "query ($n: Int) { threads(first: $n) { nodes { related(first: $n) { nodes { id } } } } }",
      "DOCUMENT_TOO_COSTLY",
    ],
    ["100 × 20", "{ threads(first: 100) { nodes { related(first: 20) { nodes { id } } } } }", "ok"],
    ["fragments that double", doublingFragments(28), "DOCUMENT_TOO_COSTLY"],
    [
      "fragments that form a cycle",
      "{ threads { nodes { ...A } } } fragment A on Thread { ...B } fragment B on Thread { ...A }",
      "ok",
    ],
    ["fifteen aliases", `{ ${Array.from({ length: 15 }, (_, i) => `a${i}: built`).join(" ")} }`, "ok"],
    ["sixteen aliases", `{ ${Array.from({ length: 16 }, (_, i) => `a${i}: built`).join(" ")} }`, "TOO_MANY_ALIASES"],
    [
      "aliases in fragments",
      `{ ...F } fragment F on Query { ${Array.from({ length: 16 }, (_, i) => `a${i}: built`).join(" ")} }`,
      "TOO_MANY_ALIASES",
    ],
    ["51 directives", `{ built ${"@skip(if: false)".repeat(51)} }`, "TOO_MANY_DIRECTIVES"],
    ["a field 500 times", `{ ${"built ".repeat(500)} }`, "TOO_MANY_REPEATS"],
    ["a spread 500 times", `{ ${"...F ".repeat(500)} } fragment F on Query { built }`, "TOO_MANY_REPEATS"],
    ["a long list", `{ members(ids: [${"1,".repeat(251)}]) { id } }`, "INPUT_LIST_TOO_LONG"],
    ["a deep literal", `{ members(ids: ${"[".repeat(40)}1${"]".repeat(40)}) { id } }`, "INPUT_TOO_DEEP"],
    [
      "thirteen levels",
      `{ threads(first: 1) { nodes { ${"related(first: 1) { nodes { ".repeat(6)} id ${"} }".repeat(6)} } } }`,
      "DOCUMENT_TOO_DEEP",
    ],
    [
      "circular introspection",
      `{ __schema { types { ${"fields { type { ".repeat(9)} name ${"} }".repeat(9)} } } }`,
      "DOCUMENT_TOO_DEEP",
    ],
  ])("refuses or admits: %s", (_name, query, expected) => {
    expect(refusal(query)).toBe(expected);
  });

  it("measures doubling fragments in milliseconds", () => {
    const startedAt = performance.now();
    for (let n = 20; n <= 60; n += 1) measureCost(schema, parse(doublingFragments(n)), 100);
    expect(performance.now() - startedAt).toBeLessThan(400);
  });

  it.each([
    ["nothing", undefined, null],
    ["scalars", { a: 1, b: "x" }, null],
    ["250 items", { ids: Array.from({ length: 250 }, String) }, null],
    ["251 items", { input: { ids: Array.from({ length: 251 }, String) } }, "INPUT_LIST_TOO_LONG"],
    ["a tower of lists", JSON.parse(`${"[".repeat(20_000)}${"]".repeat(20_000)}`), "INPUT_TOO_DEEP"],
  ])("checks variables: %s", (_name, variables, expected) => {
    expect(checkVariables(variables, defaultDocumentLimits)?.code ?? null).toBe(expected);
  });

  it("charges each action of a mutation, through fragments too", () => {
    const aliased = (count: number) =>
      Array.from({ length: count }, (_, i) => `a${i}: redeem(input: { code: "x" }) { attempts }`).join(" ");
    const points = (query: string) => pointsOf([...measureCost(schema, parse(query), 100).operations.values()][0]!);
    expect(points(`mutation { ${aliased(1_000)} }`)).toBe(1_000);
    expect(points(`mutation { ...M ...M } fragment M on Mutation { ${aliased(10)} }`)).toBe(20);
    expect(points("{ built }")).toBe(1);
    expect(points("{ threads(first: 100) { nodes { author { name } related(first: 10) { nodes { id } } } } }")).toBe(3);
  });
});
