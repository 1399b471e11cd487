import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { choleskyFactor, choleskySolve } from "../../src/math/cholesky.ts";
import { createMatrix, type Matrix, matrixFromRows } from "../../src/math/matrix.ts";
import { Rng } from "../../src/math/rng.ts";

/** A·B entry by entry. */
function slowProduct(A: Matrix, B: Matrix): Matrix {
  const entry = (i: number, j: number) =>
    Array.from({ length: A.columns }, (_, k) => A.data[i * A.columns + k]! * B.data[k * B.columns + j]!).reduce(
      (sum, term) => sum + term,
      0,
    );
  return matrixFromRows(
    Array.from({ length: A.rows }, (_, i) => Array.from({ length: B.columns }, (_, j) => entry(i, j))),
  );
}

function transpose(A: Matrix): Matrix {
  return matrixFromRows(
    Array.from({ length: A.columns }, (_, j) => Array.from({ length: A.rows }, (_, i) => A.data[i * A.columns + j]!)),
  );
}

describe("choleskyFactor", () => {
  it("factors the textbook matrix", () => {
    const A = matrixFromRows([
      [4, 12, -16],
      [12, 37, -43],
      [-16, -43, 98],
    ]);
    expect([...choleskyFactor(A)!.data]).toEqual([2, 0, 0, 6, 1, 0, -8, 5, 3]);
  });

  it("reads the lower triangle only", () => {
    const A = matrixFromRows([
      [4, 99],
      [12, 37],
    ]);
    expect([...choleskyFactor(A)!.data]).toEqual([2, 0, 6, 1]);
  });

  it.each([
    {
      what: "singular",
      rows: [
        [1, 1],
        [1, 1],
      ],
    },
    {
      what: "singular but for rounding",
      rows: [
        [0.1, 0.3],
        [0.3, 0.9],
      ],
    },
    {
      what: "indefinite",
      rows: [
        [1, 2],
        [2, 1],
      ],
    },
    { what: "negative", rows: [[-1]] },
    { what: "zero", rows: [[0]] },
  ])("answers null for a matrix that is $what", ({ rows }) => {
    expect(choleskyFactor(matrixFromRows(rows))).toBeNull();
  });

  it("multiplies back to the matrix, and solves its equations", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.integer(), (n, seed) => {
        const rng = Rng.seeded(seed);
        const B = createMatrix(
          Float64Array.from({ length: n * n }, () => rng.normal()),
          n,
          n,
        );
        const A = slowProduct(B, transpose(B));
        for (let i = 0; i < n; i += 1) A.data[i * n + i] = A.data[i * n + i]! + 0.1;
        const L = choleskyFactor(A)!;
        slowProduct(L, transpose(L)).data.forEach((value, cell) => {
          expect(value).toBeCloseTo(A.data[cell]!, 10);
        });
        const x = Float64Array.from({ length: n }, () => rng.normal());
        const b = slowProduct(A, createMatrix(x, n, 1)).data;
        choleskySolve(L, b).forEach((value, i) => {
          expect(value).toBeCloseTo(x[i]!, 8);
        });
      }),
      { seed: 4 },
    );
  });
});
