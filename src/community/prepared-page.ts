import { assert } from "../kernel/assert.ts";
import { PAGE_SIZE_MAX, type PageRequest } from "../kernel/pagination.ts";
import type { Reader } from "../platform/database/database.ts";
import { prepared } from "../platform/database/prepared.ts";

/** Rows fetched for a page: LIMIT is text, and each text is a statement that every connection keeps, so there are few. */
const LIMITS = [21, 51, PAGE_SIZE_MAX + 1];

/** What tells one statement of a paged list from another. */
export interface PageShape {
  readonly backward: boolean;
  readonly fromCursor: boolean;
  readonly limit: number;
}

/**
 * A parameter that the planner cannot look into. When it can, and finds that a cursor has few rows beyond it or a list few ids,
 * it plans every call anew, which takes longer (2 ms for the feed) than the call itself; so it takes the one plan that fits all.
 */
export const unseen = (parameter: number, type: "timestamptz" | "uuid" | "uuid[]" | "int[]") =>
  `(select $${parameter}::${type})::${type}`;

type Statement<Row> = (on: Pick<Reader, "client">, values: readonly unknown[]) => Promise<Row[]>;

/** The prepared statements of one paged list, each made when it is first asked for. */
export function preparedPages<Row extends Record<string, unknown>>(name: string, text: (shape: PageShape) => string) {
  const statements = new Map<string, Statement<Row>>();
  return (request: PageRequest): Statement<Row> => {
    const limit = LIMITS.find((rows) => rows > request.size);
    assert(limit !== undefined, "a page request stays within the largest page");
    const shape = { backward: request.direction === "backward", fromCursor: request.cursor !== null, limit };
    const key = `${name}_${shape.backward ? "back" : "on"}${shape.fromCursor ? "_from" : ""}_${limit}`;
    let statement = statements.get(key);
    if (statement === undefined) {
      statement = prepared<Row>(key, text(shape));
      statements.set(key, statement);
    }
    return statement;
  };
}
