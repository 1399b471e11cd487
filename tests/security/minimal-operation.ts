import {
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
} from "graphql";

/** The shortest operation that calls a root field: required arguments filled with values that are valid and name nothing. */
export function minimalOperation(kind: "query" | "mutation" | "subscription", root: GraphQLObjectType, field: string) {
  const definition = root.getFields()[field];
  if (definition === undefined) throw new Error(`${root.name} has no field ${field}`);
  const required = definition.args.filter((arg) => isNonNullType(arg.type));
  const variables = Object.fromEntries(required.map((arg) => [arg.name, sampleOf(arg.type, arg.name)]));
  const declared = required.map((arg) => `$${arg.name}: ${arg.type}`).join(", ");
  const passed = required.map((arg) => `${arg.name}: $${arg.name}`).join(", ");
  const selection = selectionOf(getNamedType(definition.type));
  const query = `${kind}${declared && `(${declared})`} { ${field}${passed && `(${passed})`} ${selection} }`;
  return { query, variables };
}

const NOBODY = "01900000-0000-7000-8000-000000000000";

/** The type of node that an id argument names, by its name; the rule of the house is `threadId: Thread`. */
const NODE_OF: Readonly<Record<string, string>> = {
  id: "Member",
  memberId: "Member",
  spaceId: "Space",
  threadId: "Thread",
  postId: "Post",
  reportId: "Report",
  intoThreadId: "Thread",
  postIds: "Post",
  draftId: "Draft",
  entryId: "LedgerEntry",
  campaignId: "CouponCampaign",
  redemptionId: "CouponRedemption",
  apiKeyId: "ApiKey",
  notificationIds: "Notification",
};

function sampleOf(type: GraphQLInputType, name: string): unknown {
  if (isNonNullType(type)) return sampleOf(type.ofType, name);
  if (isListType(type)) return [sampleOf(type.ofType, name)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (isInputObjectType(type)) {
    const required = Object.values(type.getFields()).filter(
      (field) => isNonNullType(field.type) && field.defaultValue === undefined,
    );
    return Object.fromEntries(required.map((field) => [field.name, sampleOf(field.type, field.name)]));
  }
  switch (type.name) {
    case "ID":
      return `${NODE_OF[name] ?? "Member"}:${NOBODY}`;
    case "Int":
    case "Float":
      return 1;
    case "Boolean":
      return true;
    case "DateTimeISO":
      return "2026-03-01T00:00:00.000Z";
    case "JSONObject":
      return {};
    default:
      return /^(from|to|day|asOf)$/.test(name) ? "2026-03-01" : "sample";
  }
}

function selectionOf(type: GraphQLNamedType): string {
  if (isLeafType(type)) return "";
  if (isAbstractType(type)) return "{ __typename }";
  const fields = (type as GraphQLObjectType).getFields();
  return fields.userErrors === undefined ? "{ __typename }" : "{ userErrors { code field } }";
}
