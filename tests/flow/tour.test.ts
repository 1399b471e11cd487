import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DAY_MS } from "../../src/kernel/instant.ts";
import { installationFolder, type RekindleProcess, runRekindle, startRekindle } from "../support/rekindle-process.ts";
import { fillIn, readTour, type TourStep, valueAt } from "./tour-document.ts";

const TOUR = new URL("../../docs/tour.md", import.meta.url).pathname;
const steps = await readTour(TOUR);

describe("the tour of docs/tour.md, on a fresh installation", () => {
  const day = (daysAhead: number) => new Date(Date.now() + daysAhead * DAY_MS).toISOString().slice(0, 10);
  const kept: Record<string, string> = { today: day(0), nextYear: day(365), weeksAgo: day(-21) };
  let folder: Awaited<ReturnType<typeof installationFolder>>;
  let rekindle: RekindleProcess;

  beforeAll(async () => {
    folder = await installationFolder();
    rekindle = await startRekindle({ folder: folder.path });
  }, 120_000);

  afterAll(async () => {
    await rekindle?.stop();
    await folder?.remove();
  });

  it("has steps", () => expect(steps.length).toBeGreaterThan(10));

  it.each(steps.map((step, index) => [`${index + 1}. ${step.chapter}`, step] as const))(
    "%s",
    async (_name, step) => {
      const answer = await take(step);
      for (const note of step.notes.keep ?? []) {
        const [name = "", path = ""] = note.split(" = ");
        const value = valueAt(answer, path);
        expect(value, `what ${path} of ${JSON.stringify(answer)} keeps`).toBeTypeOf("string");
        kept[name] = value as string;
      }
      for (const note of step.notes.expect ?? []) expectNote(answer, fillIn(note, kept));
    },
    90_000,
  );

  /** `operator` is one of the tokens that were printed at the start, `{{lin}}` one that the tour made. */
  function tokenOf(as: string): string {
    return as.startsWith("{{") ? fillIn(as, kept) : rekindle.token(as);
  }

  async function take(step: TourStep): Promise<unknown> {
    const as = step.notes.as?.[0] ?? "member";
    if (step.kind === "graphql") return askGraphql(step, as);
    if (step.kind === "http") return postHttp(step, as);
    const [command = "", ...args] = fillIn(step.text.trim(), kept).split(/\s+/).slice(1);
    const run = await runRekindle([...args, "--json"], { REKINDLE_FOLDER: folder.path });
    expect(run.code, `${command} ${args.join(" ")}: ${run.stderr}`).toBe(0);
    return JSON.parse(run.stdout);
  }

  /** Asks until what is expected holds, for the steps that say `# eventually`: workers need a moment. */
  async function askGraphql(step: TourStep, as: string): Promise<unknown> {
    const deadline = performance.now() + 30_000;
    for (;;) {
      const variables = JSON.parse(fillIn(step.notes.variables?.[0] ?? "{}", kept));
      const response = await fetch(`${rekindle.address}/graphql`, {
        method: "POST",
        headers: { authorization: `Bearer ${tokenOf(as)}`, "content-type": "application/json" },
        body: JSON.stringify({ query: step.text, variables }),
      });
      const { data, errors } = (await response.json()) as { data?: unknown; errors?: unknown };
      expect(errors, JSON.stringify(errors)).toBeUndefined();
      if (step.notes.eventually === undefined || performance.now() > deadline) return data;
      try {
        for (const note of step.notes.eventually) expectNote(data, fillIn(note, kept));
        return data;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }

  async function postHttp(step: TourStep, as: string): Promise<unknown> {
    const [head = "", ...body] = fillIn(step.text, kept).split("\n\n");
    const [request = ""] = head.split("\n");
    const [method = "POST", path = "/"] = request.split(" ");
    const response = await fetch(`${rekindle.address}${path}`, {
      method,
      headers: { authorization: `Bearer ${tokenOf(as)}`, "content-type": "application/json" },
      body: method === "GET" ? undefined : body.join("\n\n"),
    });
    expect(response.status).toBe(200);
    return response.json();
  }
});

/** `path = JSON`, `path > number` or `path ~ text`. */
function expectNote(answer: unknown, note: string): void {
  const parsed = /^(\S+) (=|>|~) (.*)$/.exec(note);
  if (!parsed) throw new Error(`not an expectation: ${note}`);
  const [, path = "", relation, text = ""] = parsed;
  const value = valueAt(answer, path);
  if (relation === "=") expect(value, note).toEqual(JSON.parse(text));
  else if (relation === ">") expect(value, note).toBeGreaterThan(Number(text));
  else expect(String(value), note).toContain(text);
}
