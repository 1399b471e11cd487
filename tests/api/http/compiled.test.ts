import fc from "fast-check";
import { execute, parse, validate } from "graphql";
import { compileQuery, isCompiledQuery } from "graphql-jit";
import { buildSchema } from "type-graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildLeanSchema } from "../../../schema/graphql/lean-schema.ts";
import { conditionsOf, conditionValues, resolveConditions } from "../../../schema/graphql/resolved-conditions.ts";
import { toySchemaOptions } from "./toy-schema.ts";
import { startToyServer, type ToyServer } from "./toy-server.ts";

describe("compiled execution", () => {
  let server: ToyServer;
  beforeAll(async () => {
    server = await startToyServer();
  });
  afterAll(() => server.api.close());

  /** The first answer is interpreted, the second compiles, the third runs what was compiled. */
  async function threeTimes(query: string, variables?: unknown, headers?: Record<string, string>) {
    const answers = [];
    for (let time = 0; time < 3; time += 1) answers.push(await server.query(query, variables, headers));
    return answers;
  }
  const withoutIds = (text: string) => text.replaceAll(/"errorId":"[^"]+"/g, '"errorId":"…"');

  it.each<[string, string, unknown?, string?]>([
    [
      "pages with variables",
      "query Q($n: Int) { threads(first: $n) { nodes { id name author { name points } replyCount } } }",
      { n: 3 },
    ],
    ["a variable that does not fit", "query Q($n: Int!) { threads(first: $n) { totalCount } }", { n: "many" }],
    ["a variable that is missing", "query Q($n: Int!) { threads(first: $n) { totalCount } }", {}],
    ["a null that a default let in", "query Q($n: Int = 2) { threads { nodes { excerpt(length: $n) } } }", { n: null }],
    [
      "an unknown enum value from variables",
      "query Q($s: Boolean!) { threads(first: 1) { nodes { id @skip(if: $s) name } } }",
      { s: 1 },
    ],
    [
      "skip and include",
      "query Q($s: Boolean!) { threads(first: 1) { nodes { ...F @include(if: $s) name @skip(if: $s) } } } fragment F on Thread { id }",
      { s: true },
    ],
    [
      "abstract types",
      "{ found { __typename ... on Member { points } ... on Thread { tags } } named { __typename name } }",
    ],
    ["a bug in a nullable field", "{ maybeBug threads(first: 1) { totalCount } }"],
    ["a bug in a non-null field", "{ threads(first: 1) { totalCount } bug }"],
    ["a null where none may be", "{ nothing }"],
    ["a value that does not serialise", "{ notANumber }"],
    ["a refusal", '{ threads(first: 1, after: "forged") { totalCount } }'],
    ["an error with a public code", "{ public }"],
    ["a field for members, asked by nobody", "{ mine }"],
    ["a field for members, asked by one", "{ mine }", undefined, "lin"],
    ["a field for moderators, asked by a member", "{ moderated }", undefined, "lin"],
    [
      "a guarded field in a list",
      "{ members(ids: [1, 2]) { id secret } threads(first: 2) { nodes { reports } } }",
      undefined,
      "lin",
    ],
    ["dates, floats and enums", '{ member(id: "3") { joinedAt share mood } }'],
  ])("answers the same, compiled or not: %s", async (_name, query, variables, viewer) => {
    const headers = viewer === undefined ? undefined : { authorization: `Bearer ${viewer}` };
    const [interpreted, ...compiled] = await threeTimes(query, variables, headers);
    for (const answer of compiled) {
      expect(withoutIds(answer.text)).toBe(withoutIds(interpreted!.text));
      expect(answer.status).toBe(interpreted!.status);
    }
  });

  it("keeps operations of one document apart", async () => {
    const query = "query A { threads(first: 1) { totalCount } } query B { found { __typename } }";
    for (let time = 0; time < 3; time += 1) {
      const a = await server.post({ query, operationName: "A" });
      const b = await server.post({ query, operationName: "B" });
      expect(Object.keys(a.body.data)).toEqual(["threads"]);
      expect(Object.keys(b.body.data)).toEqual(["found"]);
    }
  });

  it("runs mutations once each, however often the document was seen", async () => {
    const query = 'mutation { redeem(input: { code: "x" }) { attempts } }';
    const answers = await threeTimes(query);
    const attempts = answers.map(({ body }) => body.data.redeem.attempts);
    expect(attempts).toEqual([attempts[0], attempts[0] + 1, attempts[0] + 2]);
  });

  it("leaves documents on types that are resolved later to the interpreter", async () => {
    const slow = await startToyServer({ schema: await buildSchema(toySchemaOptions) });
    const query = "{ found { __typename ... on Member { points } } }";
    for (let time = 0; time < 3; time += 1) expect((await slow.query(query)).body.data.found).toHaveLength(3);
    await slow.api.close();
  });

  it("agrees with graphql-js on random documents", async () => {
    const schema = await buildLeanSchema(toySchemaOptions);
    const contextValue = { viewer: "lin", address: "::1", built: 1 };
    await fc.assert(
      fc.asyncProperty(randomQuery, fc.boolean(), fc.integer({ min: 1, max: 3 }), async (query, s, n) => {
        const document = parse(query);
        if (validate(schema, document).length > 0) return;
        const variableValues = { s, n };
        const conditions = conditionsOf(document);
        const resolved = resolveConditions(document, conditions, conditionValues(conditions, variableValues)!);
        if (resolved === null) return;
        const compiled = compileQuery(schema, resolved);
        if (!isCompiledQuery(compiled)) throw new Error("did not compile");
        const expected = await execute({ schema, document, contextValue, variableValues });
        const actual = await compiled.query(undefined, contextValue, variableValues);
        expect(JSON.parse(JSON.stringify(actual.data))).toEqual(JSON.parse(JSON.stringify(expected.data)));
        expect(pathsOf(actual.errors)).toEqual(pathsOf(expected.errors));
      }),
      { numRuns: 300, seed: 20260301 },
    );
  });
});

const pathsOf = (errors: readonly { path?: readonly unknown[] }[] = []) =>
  errors.map(({ path }) => path?.join(".")).sort();

const directive = fc.constantFrom("", "", "@skip(if: $s)", "@include(if: $s)", "@include(if: true)");
const leaf = (names: readonly string[]) =>
  fc.tuple(fc.constantFrom(...names), directive).map((parts) => parts.join(" "));
const memberSet = fc.array(
  leaf(["id", "name", "points", "mood", "share", "shout", "secret", "__typename", "x: name"]),
  { minLength: 1, maxLength: 4 },
);
const threadField = fc.oneof(
  leaf(["id", "name", "tags", "framed", "replyCount", "excerpt(length: $n)", "reports", "y: seenAs", "...ThreadParts"]),
  fc.tuple(memberSet, directive).map(([set, when]) => `author ${when} { ${set.join(" ")} }`),
  fc.tuple(memberSet, directive).map(([set, when]) => `... on Thread ${when} { author { ${set.join(" ")} } }`),
);
const threadSet = fc.array(threadField, { minLength: 1, maxLength: 4 }).map((set) => set.join(" "));
const rootField = fc.oneof(
  fc.tuple(threadSet, directive).map(([set, when]) => `threads(first: $n) ${when} { nodes { ${set} } }`),
  fc
    .tuple(threadSet, memberSet)
    .map(([threads, members]) => `found { ... on Thread { ${threads} } ... on Member { ${members.join(" ")} } }`),
  fc.tuple(memberSet, directive).map(([set, when]) => `member(id: "4") ${when} { ${set.join(" ")} }`),
  leaf(["maybeBug", "__typename"]),
);
const randomQuery = fc.tuple(fc.array(rootField, { minLength: 1, maxLength: 3 }), memberSet).map(
  ([fields, parts]) =>
    `query Q($s: Boolean!, $n: Int!) { a: __typename @skip(if: $s) n: threads(first: $n) { nodes { ...ThreadParts } } ${fields.join(" ")} }
       fragment ThreadParts on Thread { id author @skip(if: $s) { ${parts.join(" ")} } }`,
);
