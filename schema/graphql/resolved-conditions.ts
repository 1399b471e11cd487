import {
  type ConstDirectiveNode,
  type DirectiveNode,
  type DocumentNode,
  Kind,
  type SelectionSetNode,
  visit,
} from "graphql";

/** The variables that `@skip` and `@include` of a document read, and the defaults its operations give them. */
export interface Conditions {
  readonly names: readonly string[];
  readonly defaults: ReadonlyMap<string, unknown>;
}

export function conditionsOf(document: DocumentNode): Conditions {
  const names = new Set<string>();
  const defaults = new Map<string, unknown>();
  visit(document, {
    enter(node) {
      if (node.kind === Kind.DIRECTIVE) {
        const condition = conditionOf(node);
        if (typeof condition === "string") names.add(condition);
      }
      if (node.kind === Kind.VARIABLE_DEFINITION && node.defaultValue?.kind === Kind.BOOLEAN) {
        defaults.set(node.variable.name.value, node.defaultValue.value);
      }
    },
  });
  return { names: [...names].sort(), defaults };
}

/** The values of the conditions in a request, in the order of their names; null when one is no boolean. */
export function conditionValues(
  { names, defaults }: Conditions,
  variables: Readonly<Record<string, unknown>> | undefined,
): readonly boolean[] | null {
  const values: boolean[] = [];
  for (const name of names) {
    const value = variables?.[name] ?? defaults.get(name);
    if (typeof value !== "boolean") return null;
    values.push(value);
  }
  return values;
}

/**
 * The document as it stands once the conditions have these values: what they skip is gone, and so are the directives. Null when a
 * selection would have nothing left, which has no text in GraphQL.
 *
 * graphql-jit 0.8.9 merges a field that is selected twice, once under a condition, with the condition of neither
 * (`tests/api/http/compiled.test.ts` found it), so it is given documents without conditions.
 */
export function resolveConditions(
  document: DocumentNode,
  { names }: Conditions,
  values: readonly boolean[],
): DocumentNode | null {
  const resolvedValues = new Map(names.map((name, index) => [name, values[index]]));
  const holds = (directive: DirectiveNode | ConstDirectiveNode) => {
    const condition = conditionOf(directive);
    const value = typeof condition === "string" ? resolvedValues.get(condition) : condition;
    return directive.name.value === "skip" ? value !== true : value === true;
  };
  let emptied = false;
  const resolved = visit(document, {
    enter(node) {
      if (node.kind !== Kind.FIELD && node.kind !== Kind.FRAGMENT_SPREAD && node.kind !== Kind.INLINE_FRAGMENT)
        return undefined;
      const conditions = node.directives?.filter((directive) => conditionOf(directive) !== undefined) ?? [];
      if (conditions.length === 0) return undefined;
      if (!conditions.every(holds)) return null;
      return { ...node, directives: node.directives?.filter((directive) => !conditions.includes(directive)) };
    },
    leave(node) {
      if (node.kind === Kind.SELECTION_SET && (node as SelectionSetNode).selections.length === 0) emptied = true;
    },
  });
  return emptied ? null : resolved;
}

/** The variable or literal that a `@skip` or `@include` depends on; undefined for every other directive. */
function conditionOf(directive: DirectiveNode | ConstDirectiveNode): string | boolean | undefined {
  if (directive.name.value !== "skip" && directive.name.value !== "include") return undefined;
  const value = directive.arguments?.find((argument) => argument.name.value === "if")?.value;
  if (value?.kind === Kind.VARIABLE) return value.name.value;
  return value?.kind === Kind.BOOLEAN ? value.value : undefined;
}
