import { z } from "zod";
import type { Id } from "../kernel/ids.ts";
import { Refusal } from "../kernel/refusal.ts";
import { levelOf } from "./level-rules.ts";

/**
 * What earns a badge: conditions on what the ledger says, which compose. The ledger counts what stands: an answer that was
 * un-accepted or hidden does not count, and neither does what a daily cap left unpaid.
 */
export type BadgeCriteria =
  | { readonly kind: "all"; readonly of: readonly BadgeCriteria[] }
  | { readonly kind: "any"; readonly of: readonly BadgeCriteria[] }
  /** Awards by the point rule `rule`. */
  | { readonly kind: "awards"; readonly rule: string; readonly atLeast: number }
  /** Different days of the member's on which the point rule `rule` paid. */
  | { readonly kind: "days"; readonly rule: string; readonly atLeast: number }
  | { readonly kind: "experience"; readonly atLeast: number }
  | { readonly kind: "level"; readonly atLeast: number };

/** What the criteria ask the ledger about one member. */
export interface BadgeFacts {
  readonly experience: number;
  /** By point rule: awards in force, and the days they were earned on. */
  readonly byRule: ReadonlyMap<string, { readonly awards: number; readonly days: number }>;
}

export interface BadgeDefinition {
  readonly key: string;
  readonly version: number;
  readonly title: { readonly en: string; readonly "zh-CN": string };
  readonly criteria: BadgeCriteria;
}

export interface BadgeAward {
  readonly id: Id;
  readonly memberId: Id;
  readonly badgeKey: string;
}

export function satisfies(criteria: BadgeCriteria, facts: BadgeFacts): boolean {
  switch (criteria.kind) {
    case "all":
      return criteria.of.every((part) => satisfies(part, facts));
    case "any":
      return criteria.of.some((part) => satisfies(part, facts));
    case "awards":
      return (facts.byRule.get(criteria.rule)?.awards ?? 0) >= criteria.atLeast;
    case "days":
      return (facts.byRule.get(criteria.rule)?.days ?? 0) >= criteria.atLeast;
    case "experience":
      return facts.experience >= criteria.atLeast;
    case "level":
      return levelOf(facts.experience).level >= criteria.atLeast;
  }
}

/** @throws Refusal `input.invalid` for a key or a title that cannot be shown. */
export function assertNamed(key: string, title: BadgeDefinition["title"]): void {
  if (!/^[a-z][a-z0-9-]{1,59}$/.test(key)) {
    throw new Refusal("input.invalid", { reason: "a badge's key has 2 to 60 of a-z, 0-9 and “-”" }, "key");
  }
  if ([title.en, title["zh-CN"]].some((text) => text.trim() === "" || text.length > 80)) {
    throw new Refusal("input.invalid", { reason: "a title has 1 to 80 characters in each language" }, "title");
  }
}

/** Nested deeper than this, nobody can say what a badge is for. */
const DEPTH_MAX = 4;

const atLeast = z.int().min(1).max(1_000_000);
const rule = z.string().regex(/^[a-z][a-z0-9-]{1,59}$/);

function criteriaSchema(depth: number): z.ZodType<BadgeCriteria> {
  const leaves = [
    z.strictObject({ kind: z.enum(["awards", "days"]), rule, atLeast }),
    z.strictObject({ kind: z.enum(["experience", "level"]), atLeast }),
  ] as const;
  if (depth === DEPTH_MAX) return z.union(leaves) as z.ZodType<BadgeCriteria>;
  const of = z
    .array(criteriaSchema(depth + 1))
    .min(1)
    .max(10);
  return z.union([...leaves, z.strictObject({ kind: z.enum(["all", "any"]), of })]) as z.ZodType<BadgeCriteria>;
}

const CRITERIA = criteriaSchema(1);

/** @throws Refusal `input.invalid` for what are no criteria. */
export function readCriteria(json: unknown): BadgeCriteria {
  const parsed = CRITERIA.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new Refusal(
    "input.invalid",
    { reason: "criteria are all, any, awards, days, experience or level, and at most four deep" },
    "criteria",
  );
}
