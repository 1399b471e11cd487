import { execute, type GraphQLSchema, isObjectType, parse, printSchema } from "graphql";
import { buildSchema } from "type-graphql";
import { beforeAll, describe, expect, it } from "vitest";
import { buildLeanSchema } from "../../../schema/graphql/lean-schema.ts";
import { type ToyContext, toySchemaOptions } from "./toy-schema.ts";

const everything = `{
  threads(first: 3) {
    totalCount
    edges { cursor node { id name tags framed excerpt(length: 2) replyCount seenAs reports author { name points shout secret } } }
    nodes { related(first: 2) { nodes { id author { mood joinedAt share } } } }
  }
  found { __typename ... on Member { id points shout } ... on Thread { id name author { name } } }
  named { __typename name }
  member(id: "7") { id name share mood joinedAt secret }
  none: member(id: "none") { id }
}`;

function resolverOf(schema: GraphQLSchema, type: string, field: string) {
  const object = schema.getType(type);
  return isObjectType(object) ? object.getFields()[field]?.resolve : null;
}

describe("buildLeanSchema", () => {
  let plain: GraphQLSchema;
  let lean: GraphQLSchema;

  beforeAll(async () => {
    plain = await buildSchema(toySchemaOptions);
    lean = await buildLeanSchema(toySchemaOptions);
  });

  it.each([null, "member", "moderator"])("answers as the plain schema does for %s", async (viewer) => {
    const contextValue: ToyContext = { viewer, address: "::1", built: 1 };
    const run = (schema: GraphQLSchema) => execute({ schema, document: parse(everything), contextValue });
    const expected = JSON.stringify(await run(plain));
    expect(expected).toContain('"related"');
    expect(JSON.stringify(await run(lean))).toBe(expected);
  });

  it("has the same types", () => {
    expect(printSchema(lean)).toBe(printSchema(plain));
  });

  it("drops resolvers that hand on a property, and keeps what guards, frames or takes arguments", () => {
    expect(resolverOf(plain, "Thread", "name")).toBeTypeOf("function");
    for (const field of ["id", "tags"]) expect(resolverOf(lean, "Thread", field)).toBeUndefined();
    for (const field of ["framed", "reports", "excerpt", "related"]) {
      expect(String(resolverOf(lean, "Thread", field))).toBe(String(resolverOf(plain, "Thread", field)));
    }
    expect(String(resolverOf(lean, "Thread", "author"))).not.toBe(String(resolverOf(plain, "Thread", "author")));
    expect(resolverOf(lean, "Member", "secret")).toBeTypeOf("function");
  });

  it("leaves everything alone under a global middleware", async () => {
    const options = {
      ...toySchemaOptions,
      globalMiddlewares: [(_data: unknown, next: () => Promise<unknown>) => next()],
    };
    expect(resolverOf(await buildLeanSchema(options), "Thread", "id")).toBeTypeOf("function");
  });
});
