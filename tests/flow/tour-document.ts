import { readFile } from "node:fs/promises";

/** One step of the tour, as the document shows it: a request or a command, and what to look for in its answer. */
export interface TourStep {
  /** The heading it stands under. */
  readonly chapter: string;
  readonly kind: "graphql" | "http" | "sh";
  readonly text: string;
  /** `# as: member` and the like, above the text. */
  readonly notes: Readonly<Record<string, readonly string[]>>;
}

/**
 * Reads the steps out of `docs/tour.md`: its fenced blocks of graphql, http and sh, whose first lines may be notes such as
 * `# as: operator`, `# variables: {…}`, `# keep: thread = threadCreate.thread.id` and `# expect: threadCreate.userErrors = []`.
 */
export async function readTour(path: string): Promise<TourStep[]> {
  const steps: TourStep[] = [];
  let chapter = "";
  let block: { kind: TourStep["kind"]; lines: string[] } | null = null;
  for (const line of (await readFile(path, "utf8")).split("\n")) {
    const fence = /^```(graphql|http|sh)?\s*$/.exec(line);
    if (block !== null && fence) {
      steps.push({ chapter, kind: block.kind, ...splitNotes(block.lines) });
      block = null;
    } else if (block !== null) {
      block.lines.push(line);
    } else if (fence?.[1]) {
      block = { kind: fence[1] as TourStep["kind"], lines: [] };
    } else if (line.startsWith("## ")) {
      chapter = line.slice(3);
    }
  }
  return steps;
}

function splitNotes(lines: readonly string[]): Pick<TourStep, "text" | "notes"> {
  const notes: Record<string, string[]> = {};
  let at = 0;
  for (; at < lines.length; at++) {
    const note = /^# ([a-z]+): (.*)$/.exec(lines[at] ?? "");
    if (!note) break;
    const [, name = "", value = ""] = note;
    notes[name] = [...(notes[name] ?? []), value];
  }
  return { text: lines.slice(at).join("\n"), notes };
}

/** Puts kept values in: `{{thread}}`. */
export function fillIn(text: string, kept: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{([\w-]+)\}\}/g, (_, name: string) => {
    const value = kept[name];
    if (value === undefined) throw new Error(`the tour uses {{${name}}} before it keeps it`);
    return value;
  });
}

/** What lies at `path` in `value`: `threads.nodes.0.id`. */
export function valueAt(value: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((part, key) => (part as Record<string, unknown> | null | undefined)?.[key], value);
}
