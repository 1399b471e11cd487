import { ArgsType, type ClassType, Field, Int, ObjectType } from "type-graphql";
import { encodeCursor, type ListTag, type Page } from "../../src/kernel/pagination.ts";

@ArgsType()
export class PageArgs {
  @Field(() => Int, { nullable: true, description: "How many to return from the start, 1 to 100; 20 by default." })
  first?: number | null;

  @Field(() => String, { nullable: true, description: "Start after the edge with this cursor." })
  after?: string | null;

  @Field(() => Int, { nullable: true, description: "How many to return from the end, 1 to 100." })
  last?: number | null;

  @Field(() => String, { nullable: true, description: "End before the edge with this cursor." })
  before?: string | null;
}

@ObjectType({ description: "Where a page stands in its list." })
export class PageInfo {
  @Field(() => Boolean, { description: "Whether more follow." })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: "Whether some come before." })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: "The cursor of the first edge." })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: "The cursor of the last edge." })
  endCursor!: string | null;
}

export interface Edge<Node> {
  cursor: string;
  node: Node;
}

export interface Connection<Node> {
  edges: Edge<Node>[];
  nodes: Node[];
  pageInfo: PageInfo;
}

/** Makes the Relay connection and edge types of a node type: `@ObjectType` classes named `XConnection` and `XEdge`. */
export function connectionType<Node extends object>(
  name: string,
  node: () => ClassType<Node>,
): ClassType<Connection<Node>> {
  @ObjectType(`${name}Edge`, { description: `One ${name} in a list, with its cursor.` })
  class EdgeType implements Edge<Node> {
    @Field(() => String, { description: "Where this edge stands in its list." })
    cursor!: string;

    @Field(node, { description: `The ${name}.` })
    node!: Node;
  }

  @ObjectType(`${name}Connection`, { description: `A page of ${name} nodes.` })
  class ConnectionType implements Connection<Node> {
    @Field(() => [EdgeType], { description: "The page's nodes with their cursors." })
    edges!: EdgeType[];

    @Field(() => [node()], { description: "The page's nodes, for those who need no cursors." })
    nodes!: Node[];

    @Field(() => PageInfo, { description: "Whether there is more, and where to go on." })
    pageInfo!: PageInfo;
  }

  return ConnectionType;
}

/** Presents a page: each row becomes a node, and its sort key the cursor, under the list's tag where it has one. */
export function toConnection<Row, Node>(
  page: Page<Row>,
  toNode: (row: Row) => Node,
  keyOf: (row: Row) => readonly string[],
  list?: ListTag,
): Connection<Node> {
  const { rows, hasNextPage, hasPreviousPage } = page;
  const nodes = rows.map(toNode);
  const cursorOf = (row: Row | undefined) => (row === undefined ? null : encodeCursor(keyOf(row), list));
  return {
    nodes,
    // Made when asked for: lists that select `nodes` need two cursors at most.
    get edges() {
      return rows.map((row, index) => ({ cursor: encodeCursor(keyOf(row), list), node: nodes[index]! }));
    },
    pageInfo: {
      hasNextPage,
      hasPreviousPage,
      get startCursor() {
        return cursorOf(rows[0]);
      },
      get endCursor() {
        return cursorOf(rows.at(-1));
      },
    },
  };
}
