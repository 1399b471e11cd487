import type { SpaceKind, SpacePostAccess, SpaceReadAccess } from "../../drizzle/tables/community.ts";
import { readText } from "../content/text-rules.ts";
import { Refusal } from "../kernel/refusal.ts";

/** What decides who reads and posts in a space, and what is said of it. */
export interface SpaceSettings {
  readonly name: string;
  readonly description: string;
  readonly readAccess: SpaceReadAccess;
  readonly postAccess: SpacePostAccess;
  /** What one must have bought where access is `entitled`, as the shop calls it, and in which cohort; null for any. */
  readonly product: string | null;
  readonly cohort: string | null;
  /** Experience that it takes to look in, and to post; null for none. */
  readonly readExperienceMin: number | null;
  readonly postExperienceMin: number | null;
  readonly slowModeSeconds: number;
  /** Whether members may post without their names being shown to each other. */
  readonly anonymousPosting: boolean;
}

const SLUG = /^[a-z0-9][a-z0-9-]{1,59}$/;
const SLOW_MODE_SECONDS_MAX = 7 * 24 * 3_600;

/** A space's short name. @throws Refusal naming the field `slug`. */
export function readSlug(slug: string): string {
  if (SLUG.test(slug)) return slug;
  throw new Refusal("input.invalid", { reason: "a short name has 2 to 60 of a-z, 0-9 and “-”" }, "slug");
}

/** How a space of `kind` begins, unless said otherwise: open to everyone, or to the staff. */
export function defaultSettings(kind: SpaceKind, name: string): SpaceSettings {
  return {
    name,
    description: "",
    readAccess: kind === "staff" ? "staff" : "everyone",
    postAccess: "readers",
    product: null,
    cohort: null,
    readExperienceMin: null,
    postExperienceMin: null,
    slowModeSeconds: 0,
    anonymousPosting: false,
  };
}

/** Settings as they are stored. @throws Refusal naming the field at fault. */
export function readSettings(kind: SpaceKind, settings: SpaceSettings): SpaceSettings {
  const { readAccess, postAccess, slowModeSeconds } = settings;
  if (kind === "staff" && readAccess !== "staff") throw invalid("a staff space is for the staff", "readAccess");
  const product = readTerm(settings.product, "product");
  const cohort = readTerm(settings.cohort, "cohort");
  if (product === null && (readAccess === "entitled" || postAccess === "entitled" || cohort !== null)) {
    throw invalid("name the product that lets members in", "product");
  }
  if (!Number.isInteger(slowModeSeconds) || slowModeSeconds < 0 || slowModeSeconds > SLOW_MODE_SECONDS_MAX) {
    throw invalid(`slow mode makes members wait for 0 to ${SLOW_MODE_SECONDS_MAX} seconds`, "slowModeSeconds");
  }
  return {
    ...settings,
    name: readText(settings.name, { field: "name", charactersMax: 100 }),
    description: readText(settings.description, {
      field: "description",
      charactersMin: 0,
      charactersMax: 2_000,
      multiline: true,
    }),
    product,
    cohort,
  };
}

function readTerm(raw: string | null, field: string): string | null {
  return raw === null ? null : readText(raw, { field, charactersMax: 200 });
}

function invalid(reason: string, field: string): Refusal {
  return new Refusal("input.invalid", { reason }, field);
}
