import { type GraphQLFieldResolver, type GraphQLSchema, isAbstractType, isObjectType } from "graphql";
import { type BuildSchemaOptions, buildSchema, getMetadataStorage } from "type-graphql";
import { assert } from "../../src/kernel/assert.ts";

/**
 * Builds a TypeGraphQL schema without the wrappers that do nothing: fields that only hand on a property lose their resolver,
 * and field resolvers without arguments are called directly. Fields with arguments, `@Authorized` or middleware stay as they
 * are, and so does everything when middleware is global or a container makes the resolver classes. Answers are the same; the
 * interpreter and the compiler both skip what is not there. Types are resolved without promises.
 */
export async function buildLeanSchema(options: BuildSchemaOptions): Promise<GraphQLSchema> {
  if (options.container !== undefined || (options.globalMiddlewares?.length ?? 0) > 0) return buildSchema(options);
  const instances = new Map<Constructor, unknown>();
  const container = {
    get(someClass: Constructor) {
      if (!instances.has(someClass)) instances.set(someClass, new someClass());
      return instances.get(someClass);
    },
  };
  const schema = await buildSchema({ ...options, container });
  leanAbstractTypes(schema);
  leanFields(schema, (target) => container.get(target as Constructor) as Methods, options.resolvers);
  return schema;
}

type Storage = ReturnType<typeof getMetadataStorage>;
type FieldMetadata = Storage["fields"][number];
type FieldResolverMetadata = Storage["fieldResolvers"][number];
type Constructor = new () => unknown;
type Methods = Record<string, (...values: unknown[]) => unknown>;
type Resolver = GraphQLFieldResolver<unknown, unknown>;

function leanFields(
  schema: GraphQLSchema,
  instanceOf: (target: unknown) => Methods,
  resolvers: readonly unknown[],
): void {
  const storage = getMetadataStorage();
  for (const objectType of storage.objectTypes) {
    const type = schema.getType(objectType.name);
    if (!isObjectType(type)) continue;
    for (const metadata of objectType.fields ?? []) {
      const field = type.getFields()[metadata.schemaName];
      if (field === undefined || isGuarded(metadata)) continue;
      const own = storage.fieldResolvers.find(
        (candidate) =>
          (candidate.kind === "internal" || resolvers.includes(candidate.target)) &&
          candidate.getObjectType?.() === metadata.target &&
          candidate.methodName === metadata.name,
      );
      field.resolve = own === undefined ? passThrough(metadata) : (directCall(own, instanceOf) ?? field.resolve);
    }
  }
}

/**
 * TypeGraphQL makes every `resolveType` asynchronous, which costs a promise an item and cannot be compiled. Ours answer at once, so
 * they are called directly.
 */
function leanAbstractTypes(schema: GraphQLSchema): void {
  const storage = getMetadataStorage();
  const nameOf = (target: unknown) => storage.objectTypes.find((objectType) => objectType.target === target)?.name;
  for (const { name, resolveType } of [...storage.unions, ...storage.interfaceTypes]) {
    const type = schema.getType(name);
    if (resolveType === undefined || !isAbstractType(type)) continue;
    type.resolveType = (value, context, info, abstractType) => {
      const answer: unknown = resolveType(value, context, info, abstractType);
      assert(!isPromise(answer), `resolveType of ${name} answers at once`);
      return typeof answer === "string" ? answer : nameOf(answer);
    };
  }
}

function isPromise(value: unknown): boolean {
  return value instanceof Promise;
}

function isGuarded({ roles, middlewares, params }: FieldMetadata | FieldResolverMetadata): boolean {
  const takesArguments = params?.some(({ kind }) => kind === "arg" || kind === "args" || kind === "custom");
  return roles !== undefined || (middlewares?.length ?? 0) > 0 || takesArguments === true;
}

/** No resolver at all: both executors then read the property themselves. */
function passThrough(metadata: FieldMetadata): Resolver | undefined {
  if (metadata.name === metadata.schemaName) return undefined;
  return (source) => (source as Record<string, unknown>)[metadata.name];
}

/** The method itself, when its parameters are the whole root, context or info; undefined when TypeGraphQL must prepare them. */
function directCall(resolver: FieldResolverMetadata, instanceOf: (target: unknown) => Methods): Resolver | undefined {
  if (resolver.kind !== "external" || isGuarded(resolver)) return undefined;
  const kinds: string[] = [];
  for (const parameter of [...(resolver.params ?? [])].sort((a, b) => a.index - b.index)) {
    const plain =
      parameter.kind === "info" ||
      (parameter.kind === "context" && parameter.propertyName === undefined) ||
      (parameter.kind === "root" && parameter.propertyName === undefined && parameter.getType === undefined);
    if (!plain) return undefined;
    kinds.push(parameter.kind);
  }
  const instance = instanceOf(resolver.target);
  const method = resolver.methodName;
  switch (kinds.join(" ")) {
    case "root":
      return (root) => instance[method]!(root);
    case "root context":
      return (root, _args, context) => instance[method]!(root, context);
    default:
      return (root, _args, context, info) =>
        instance[method]!(...kinds.map((kind) => (kind === "root" ? root : kind === "context" ? context : info)));
  }
}
