import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dataSetPath } from "../../bench/data-sets.ts";
import { PIPELINE } from "../../workers/pipeline.ts";
import { installationFolder, runRekindle } from "../support/rekindle-process.ts";

const FILE = "stackexchange_ai_2017-03.tar.xz";
const dump = dataSetPath(FILE);
const AS_OF = "2017-02-01";

/** Whoever wrote the last post before the day. */
const MEMBER = "stackexchange:ai:5157";

describe.skipIf(dump === null)(
  `a real community by commands alone${dump === null ? ` [skipped: ${FILE} is not in the data folder, see REKINDLE_DATA]` : ""}`,
  () => {
    let folder: Awaited<ReturnType<typeof installationFolder>>;
    beforeAll(async () => {
      folder = await installationFolder();
    });
    afterAll(() => folder.remove());

    /** Runs a command on the folder's embedded database, and returns the JSON that it prints. */
    async function rekindle(...args: string[]) {
      const env = { REKINDLE_FOLDER: folder.path, DATABASE_URL: "", REDIS_URL: "" };
      const { code, stdout, stderr } = await runRekindle([...args, "--json"], env);
      expect(code, `${args.join(" ")}: ${stderr}`).toBe(0);
      return JSON.parse(stdout);
    }

    it("is imported, scored, reported on, explained, judged and redone, from one command to the next", async () => {
      const imported = await rekindle("import", "stackexchange", dump ?? "");
      expect(imported).toMatchObject({ community: "ai", made: { members: 4_931, threads: 604, events: 20_788 } });

      const ran = await rekindle("pipeline", "run", "--as-of", AS_OF);
      expect(ran).toMatchObject({ community: "ai", asOf: AS_OF });
      expect(ran.stages.map(({ stage, state }: Record<string, string>) => [stage, state])).toEqual(
        PIPELINE.map(({ name }) => [name, "done"]),
      );
      const rowsOf = (stage: string) => ran.stages.find((each: { stage: string }) => each.stage === stage).rows;
      for (const stage of ["roll-up-events", "compute-features", "score-churn"]) {
        expect(rowsOf(stage), stage).toBeGreaterThan(100);
      }
      expect(rowsOf("train-churn")).toBe(1);

      const report = await rekindle("churn", "report");
      expect(report).toMatchObject({
        community: "ai",
        champion: { version: 1, state: "champion", learner: "logistic" },
        scores: { asOf: AS_OF, members: rowsOf("score-churn") },
      });
      const { auc, recencyAlone } = report.champion.evaluation;
      expect(auc).toBeGreaterThan(0.75);
      expect(auc).toBeGreaterThan(recencyAlone.auc);

      const explained = await rekindle("churn", "explain", MEMBER);
      expect(explained).toMatchObject({ kind: "explained", score: { asOf: AS_OF, modelVersion: 1 } });
      expect(explained.explanation.factors).toHaveLength(5);

      const judged = await rekindle("churn", "evaluate", "--as-of", AS_OF);
      expect(judged).toMatchObject({ community: "ai", asOf: AS_OF, outcome: { kind: "unchanged", version: 1 } });
      expect(judged.outcome.evaluation).toEqual(report.champion.evaluation);

      const redone = await rekindle("pipeline", "redo", "train-churn", "--as-of", AS_OF);
      const same = { stage: "train-churn", state: "done", rows: 0, summary: "nothing new since version 1" };
      expect(redone.stages).toMatchObject([same]);

      const status = await rekindle("pipeline", "status");
      expect(status.map(({ stage, state }: Record<string, string>) => [stage, state])).toEqual(
        PIPELINE.map(({ name }) => [name, "succeeded"]),
      );
    }, 240_000);
  },
);
