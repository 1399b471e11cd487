import { describe, expect, it } from "vitest";
import { InvariantError } from "../../src/kernel/assert.ts";
import { createMatrix, matrixFromRows, rowOf, takeRows } from "../../src/math/matrix.ts";

describe("createMatrix", () => {
  it.each([
    { what: "too few numbers", make: () => createMatrix(new Float64Array(5), 2, 3) },
    { what: "a fraction of a row", make: () => createMatrix(new Float64Array(3), 1.5, 2) },
    { what: "a negative shape", make: () => createMatrix(new Float64Array(4), -2, -2) },
    { what: "NaN", make: () => createMatrix(Float64Array.of(1, Number.NaN), 1, 2) },
    { what: "an infinity", make: () => createMatrix(Float64Array.of(1, -Infinity), 1, 2) },
    { what: "rows of unequal length", make: () => matrixFromRows([[1, 2], [3]]) },
    { what: "a row that has a hole", make: () => matrixFromRows([[1], [undefined as unknown as number]]) },
  ])("refuses $what", ({ make }) => {
    expect(make).toThrow(InvariantError);
  });

  it("keeps rows one after the other", () => {
    const X = matrixFromRows([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(X).toEqual({ data: Float64Array.of(1, 2, 3, 4, 5, 6), rows: 2, columns: 3 });
  });

  it("knows its columns even without a row", () => {
    expect(matrixFromRows([], 3)).toEqual({ data: new Float64Array(), rows: 0, columns: 3 });
  });
});

describe("rows of a matrix", () => {
  const X = matrixFromRows([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);

  it("are taken by index, in order, as copies", () => {
    const taken = takeRows(X, [2, 0, 2]);
    taken.data[0] = 99;
    expect([...taken.data]).toEqual([99, 6, 1, 2, 5, 6]);
    expect([...rowOf(X, 2)]).toEqual([5, 6]);
  });

  it.each([-1, 3, 0.5, Number.NaN])("do not include row %s", (index) => {
    expect(() => rowOf(X, index)).toThrow(InvariantError);
    expect(() => takeRows(X, [index])).toThrow(InvariantError);
  });
});
