import {
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isLeafType,
  isNonNullType,
  isObjectType,
} from "graphql";

/** Pages are written out small, so that a deep selection stays within what one operation may cost. */
const PAGE = 3;

/**
 * Everything that can be asked of `type`, `depth` objects deep: all scalars, all objects, of a union or interface each type in
 * `within`. Fields that require an argument are left out: they are asked for by themselves.
 */
export function deepSelection(
  schema: GraphQLSchema,
  type: GraphQLNamedType,
  depth: number,
  within: readonly string[] = [],
): string {
  if (isLeafType(type)) return "";
  if (isAbstractType(type)) {
    const possible = schema.getPossibleTypes(type).filter(({ name }) => within.includes(name));
    const fragments = possible.map((object) => `... on ${object.name} ${deepSelection(schema, object, depth, within)}`);
    return `{ __typename ${fragments.join(" ")} }`;
  }
  if (!isObjectType(type)) return "";
  const fields = Object.values(type.getFields()).flatMap((field) => {
    if (field.args.some((arg) => isNonNullType(arg.type) && arg.defaultValue === undefined)) return [];
    const named = getNamedType(field.type);
    if (isLeafType(named)) return [field.name];
    // Edges hold the same nodes, with cursors beside them.
    if (depth === 0 || field.name === "edges") return [];
    const page = field.args.some(({ name }) => name === "first") ? `(first: ${PAGE})` : "";
    const inside = deepSelection(schema, named, /(Connection|PageInfo)$/.test(named.name) ? depth : depth - 1, within);
    return [`${field.name}${page} ${inside}`];
  });
  return fields.length === 0 ? "{ __typename }" : `{ ${fields.join(" ")} }`;
}
