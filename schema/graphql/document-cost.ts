import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";

/** What one operation can cost. */
export interface OperationCost {
  readonly type: "query" | "mutation" | "subscription";
  /** Objects it can return when every page is full. */
  readonly cost: number;
  /** Fields of the root, aliases and fragments counted: for a mutation, how many actions it takes. */
  readonly rootFields: number;
}

/** The operations' costs by name (null for the anonymous one), and the worst of everything in the document. */
export interface DocumentCost {
  readonly operations: ReadonlyMap<string | null, OperationCost>;
  readonly cost: number;
  readonly fields: number;
  readonly depth: number;
  readonly introspectionDepth: number;
}

/** The size of a list whose length neither the document nor the schema bounds. */
const UNPAGED_LIST_SIZE = 10;

/**
 * A selection set's measures. Its cost is a line in the size of the page it is selected on: `fixed + perItem × page`. That is what
 * lets a fragment on a connection be measured once, wherever it is spread and whatever page it is spread into.
 */
interface Measure {
  fixed: number;
  perItem: number;
  fields: number;
  depth: number;
  introspectionDepth: number;
}

/**
 * Measures every operation of `document`: an object costs 1 (or its field's `complexity`), a scalar nothing, and what lies below
 * a list is multiplied by the list's size: the page size written in the document, clamped to `pageSizeMax`; `pageSizeMax` when it is
 * a variable, because a document is measured once for all variables; ten when the list has no pages.
 *
 * Every fragment is measured once, so that n fragments that each spread the next one twice cost n steps rather than 2ⁿ. Unknown
 * fields and fragments cost nothing here: validation refuses them later.
 */
export function measureCost(schema: GraphQLSchema, document: DocumentNode, pageSizeMax: number): DocumentCost {
  const meter = new CostMeter(schema, document, pageSizeMax);
  const operations = new Map<string | null, OperationCost>();
  const worst = { cost: 0, fields: 0, depth: 0, introspectionDepth: 0 };
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const { measure, operation } = meter.measureOperation(definition);
    operations.set(definition.name?.value ?? null, operation);
    worst.cost = Math.max(worst.cost, operation.cost);
    worst.fields = Math.max(worst.fields, measure.fields);
    worst.depth = Math.max(worst.depth, measure.depth);
    worst.introspectionDepth = Math.max(worst.introspectionDepth, measure.introspectionDepth);
  }
  return { operations, ...worst };
}

class CostMeter {
  private readonly fragments = new Map<string, FragmentDefinitionNode>();
  /** What is known of a fragment; a fragment that is being measured counts as nothing, which ends cycles. */
  private readonly measured = new Map<string, Measure>();
  private readonly rootFieldsMeasured = new Map<string, number>();

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    private readonly pageSizeMax: number,
  ) {
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(definition.name.value, definition);
    }
  }

  measureOperation(definition: OperationDefinitionNode): { measure: Measure; operation: OperationCost } {
    const root = this.schema.getRootType(definition.operation);
    const measure = this.measureSelections(definition.selectionSet, root ?? undefined);
    const cost = measure.fixed + measure.perItem;
    const rootFields = this.countRootFields(definition.selectionSet);
    return { measure, operation: { type: definition.operation, cost, rootFields } };
  }

  private measureSelections(set: SelectionSetNode, parent: GraphQLNamedType | undefined): Measure {
    const total: Measure = { fixed: 0, perItem: 0, fields: 0, depth: 0, introspectionDepth: 0 };
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) add(total, this.measureField(selection, parent));
      else if (selection.kind === Kind.FRAGMENT_SPREAD) add(total, this.measureFragment(selection.name.value));
      else {
        const on =
          selection.typeCondition === undefined ? parent : this.schema.getType(selection.typeCondition.name.value);
        add(total, this.measureSelections(selection.selectionSet, on));
      }
    }
    return total;
  }

  private measureFragment(name: string): Measure {
    const known = this.measured.get(name);
    if (known !== undefined) return known;
    const fragment = this.fragments.get(name);
    this.measured.set(name, NOTHING);
    if (fragment === undefined) return NOTHING;
    const measure = this.measureSelections(
      fragment.selectionSet,
      this.schema.getType(fragment.typeCondition.name.value),
    );
    this.measured.set(name, measure);
    return measure;
  }

  private measureField(node: FieldNode, parent: GraphQLNamedType | undefined): Measure {
    const introspects = node.name.value === "__schema" || node.name.value === "__type";
    const field = introspects ? undefined : fieldOf(parent, node.name.value);
    const composite = field !== undefined && isCompositeType(getNamedType(field.type));
    const below =
      node.selectionSet === undefined
        ? NOTHING
        : this.measureSelections(node.selectionSet, field && getNamedType(field.type));
    const own = complexityOf(field) ?? (composite ? 1 : 0);
    const counts = { fields: 1 + below.fields, ...depthsOf(introspects, below) };
    if (field === undefined) return { ...counts, fixed: own + below.fixed + below.perItem, perItem: 0 };
    if (!isList(field))
      return { ...counts, fixed: own + below.fixed + below.perItem * this.listSize(node, field), perItem: 0 };
    const item = own + below.fixed + below.perItem;
    // The page of a connection is known one level up, where `first` stands: its factor stays open.
    if (parent?.name.endsWith("Connection")) return { ...counts, fixed: 0, perItem: item };
    return { ...counts, fixed: item * this.listSize(node, field), perItem: 0 };
  }

  /** The largest number of items that `node` can return. */
  private listSize(node: FieldNode, field: GraphQLField<unknown, unknown>): number {
    const paging = field.args.filter(({ name }) => name === "first" || name === "last");
    if (paging.length > 0) {
      const sizes = paging.map((argument) => this.pageSize(node, argument.name, argument.defaultValue));
      const known = sizes.filter((size) => size !== undefined);
      return known.length === 0 ? this.pageSizeMax : Math.max(...known);
    }
    if (!isList(field)) return this.pageSizeMax; // a connection whose page cannot be chosen
    return field.args.some(({ type }) => isListType(getNullableType(type))) ? this.pageSizeMax : UNPAGED_LIST_SIZE;
  }

  private pageSize(node: FieldNode, name: string, defaultValue: unknown): number | undefined {
    const value = node.arguments?.find((argument) => argument.name.value === name)?.value;
    if (value === undefined) return typeof defaultValue === "number" ? this.clamp(defaultValue) : undefined;
    if (value.kind === Kind.NULL) return undefined;
    return value.kind === Kind.INT ? this.clamp(Number(value.value)) : this.pageSizeMax;
  }

  private clamp(size: number): number {
    return Math.min(Math.max(size, 1), this.pageSizeMax);
  }

  private countRootFields(set: SelectionSetNode): number {
    let count = 0;
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) count += 1;
      else if (selection.kind === Kind.INLINE_FRAGMENT) count += this.countRootFields(selection.selectionSet);
      else count += this.countRootFieldsOf(selection.name.value);
    }
    return count;
  }

  private countRootFieldsOf(name: string): number {
    const known = this.rootFieldsMeasured.get(name);
    if (known !== undefined) return known;
    this.rootFieldsMeasured.set(name, 0);
    const fragment = this.fragments.get(name);
    const count = fragment === undefined ? 0 : this.countRootFields(fragment.selectionSet);
    this.rootFieldsMeasured.set(name, count);
    return count;
  }
}

const NOTHING: Measure = Object.freeze({ fixed: 0, perItem: 0, fields: 0, depth: 0, introspectionDepth: 0 });

function add(total: Measure, part: Measure): void {
  total.fixed += part.fixed;
  total.perItem += part.perItem;
  total.fields += part.fields;
  total.depth = Math.max(total.depth, part.depth);
  total.introspectionDepth = Math.max(total.introspectionDepth, part.introspectionDepth);
}

/** Introspection has a depth of its own: the standard query is deeper than any query for data should be. */
function depthsOf(introspects: boolean, below: Measure): Pick<Measure, "depth" | "introspectionDepth"> {
  if (introspects) return { depth: 1, introspectionDepth: 1 + below.depth };
  return { depth: 1 + below.depth, introspectionDepth: below.introspectionDepth };
}

function fieldOf(parent: GraphQLNamedType | undefined, name: string): GraphQLField<unknown, unknown> | undefined {
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
}

function isList(field: GraphQLField<unknown, unknown>): boolean {
  return isListType(getNullableType(field.type));
}

/** TypeGraphQL puts `complexity` into the field's extensions. */
function complexityOf(field: GraphQLField<unknown, unknown> | undefined): number | undefined {
  const complexity = field?.extensions.complexity;
  return typeof complexity === "number" ? complexity : undefined;
}
