import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { drawPipeline } from "../../workers/pipeline-picture.ts";

it("is the picture that the README shows", async () => {
  const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  expect(readme).toContain(`\`\`\`mermaid\n${drawPipeline()}\n\`\`\``);
});
