import { describe, expect, it } from "vitest";
import { InvariantError } from "../../src/kernel/assert.ts";
import { type Matrix, matrixFromRows } from "../../src/math/matrix.ts";
import { Rng } from "../../src/math/rng.ts";

/** A learner as the contract sees it: data in, plain model out, predictions (one number or more a row) from model and data. */
export interface LearnerUnderTest<Model> {
  readonly name: string;
  /** Whether `learn` reads labels; what learns from X alone is not asked about them. */
  readonly supervised: boolean;
  readonly learn: (X: Matrix, y: Float64Array) => Model;
  readonly predict: (model: Model, X: Matrix) => Float64Array;
}

/** 200 rows of three features, the last of them noise, with labels of both classes. */
export function contractData(): { X: Matrix; y: Float64Array } {
  const rng = Rng.seeded("learner contract");
  const rows = Array.from({ length: 200 }, () => [rng.normal(), rng.normal(2, 3), rng.normal()]);
  const y = Float64Array.from(rows, ([a, b]) => (a! + 0.5 * b! + rng.normal() > 1 ? 1 : 0));
  return { X: matrixFromRows(rows), y };
}

/** What every learner of `src/math` promises, whatever it learns. */
export function describeLearner<Model>({ name, supervised, learn, predict }: LearnerUnderTest<Model>): void {
  describe(`the learner contract: ${name}`, () => {
    const { X, y } = contractData();

    it("gives the same model for the same data", () => {
      expect(learn(X, y)).toEqual(learn(X, y));
    });

    it("leaves its inputs as they were", () => {
      const before = structuredClone({ X, y });
      const model = learn(X, y);
      const modelBefore = structuredClone(model);
      predict(model, X);
      expect({ X, y }).toEqual(before);
      expect(model).toEqual(modelBefore);
    });

    it("survives a round trip through JSON to the last bit", () => {
      const model = learn(X, y);
      const revived = JSON.parse(JSON.stringify(model)) as Model;
      expect(revived).toEqual(model);
      expect(predict(revived, X)).toEqual(predict(model, X));
    });

    it("names its version, so that a stored model can be told from a later kind", () => {
      expect(learn(X, y)).toHaveProperty("version", 1);
    });

    it("predicts each row as if it were alone, and nothing for no rows", () => {
      const model = learn(X, y);
      const together = predict(model, X);
      const width = together.length / X.rows;
      const alone = Array.from({ length: X.rows }, (_, row) => {
        const data = X.data.slice(row * X.columns, (row + 1) * X.columns);
        return [...predict(model, { data, rows: 1, columns: X.columns })];
      });
      expect(Number.isInteger(width)).toBe(true);
      expect(alone.flat()).toEqual([...together]);
      expect(predict(model, { data: new Float64Array(), rows: 0, columns: X.columns })).toHaveLength(0);
    });

    it.each([Number.NaN, Infinity, -Infinity])("refuses %s among the features", (bad) => {
      const spoilt = { ...X, data: X.data.with(17, bad) };
      expect(() => learn(spoilt, y)).toThrow(InvariantError);
      expect(() => predict(learn(X, y), spoilt)).toThrow(InvariantError);
    });

    it("refuses shapes that disagree", () => {
      const model = learn(X, y);
      const narrower = { data: X.data.slice(0, 400), rows: 200, columns: 2 };
      expect(() => predict(model, narrower)).toThrow(InvariantError);
      expect(() => learn({ ...X, rows: X.rows + 1 }, y)).toThrow(InvariantError);
      expect(() => learn({ data: new Float64Array(), rows: 0, columns: 3 }, new Float64Array())).toThrow(
        InvariantError,
      );
    });

    it.runIf(supervised)("refuses labels that are missing, extra, or not labels", () => {
      expect(() => learn(X, y.slice(1))).toThrow(InvariantError);
      expect(() => learn(X, Float64Array.from([...y, 1]))).toThrow(InvariantError);
      for (const bad of [Number.NaN, 0.5, 2, -1]) expect(() => learn(X, y.with(3, bad))).toThrow(InvariantError);
    });
  });
}
