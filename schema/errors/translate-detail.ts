import type { Locale } from "../../drizzle/tables/identity.ts";
import { COMMAND_DETAIL_CATALOGUE } from "./command-detail-catalogue.ts";
import { DETAIL_CATALOGUE } from "./detail-catalogue.ts";

/**
 * Says a refusal's detail, which is English below `schema/`, in the reader's language. A detail that no catalogue knows stays
 * as it is; `tests/architecture/refusal-details.test.ts` sees to it that there is none.
 */
export function translateDetail(detail: string, locale: Locale): string {
  const exact = locale === "en" ? undefined : CHINESE[detail];
  if (exact !== undefined) return exact;
  for (const { matches, wording } of PATTERNS[locale]) {
    const match = matches.exec(detail);
    if (match !== null) return putIn(wording, match.slice(1));
  }
  return detail;
}

/** How zod words what it finds wrong with settings, and how we do; what follows “Invalid ” is of too many kinds to tell apart. */
export const ZOD_DETAILS: readonly { readonly zod: string; readonly wording: Readonly<Record<Locale, string>> }[] = [
  {
    zod: "Too small: expected {} to have >={} items",
    wording: { en: "give at least {2} of them", "zh-CN": "请至少填写 {2} 项" },
  },
  { zod: "Too small: expected {} to be >={}", wording: { en: "give {2} or more", "zh-CN": "请填写不小于 {2} 的数" } },
  { zod: "Too big: expected {} to be <={}", wording: { en: "give {2} or less", "zh-CN": "请填写不大于 {2} 的数" } },
  { zod: "Unrecognized key: {}", wording: { en: "there is no setting {1}", "zh-CN": "没有设置项 {1}" } },
  { zod: "Unrecognized keys: {}", wording: { en: "there are no settings {1}", "zh-CN": "没有设置项 {1}" } },
  {
    zod: "Invalid {}",
    wording: { en: "this setting takes a value of another kind", "zh-CN": "该设置项的值类型不符" },
  },
];

const CHINESE: Readonly<Record<string, string>> = { ...DETAIL_CATALOGUE, ...COMMAND_DETAIL_CATALOGUE };

interface Pattern {
  readonly matches: RegExp;
  readonly wording: string;
}

const PATTERNS: Readonly<Record<Locale, readonly Pattern[]>> = {
  en: zodPatterns("en"),
  "zh-CN": [
    ...Object.entries(CHINESE)
      .filter(([english]) => english.includes("{}"))
      .map(([english, chinese]) => patternOf(english, chinese)),
    ...zodPatterns("zh-CN"),
  ],
};

function zodPatterns(locale: Locale): Pattern[] {
  return ZOD_DETAILS.map(({ zod, wording }) => patternOf(zod, wording[locale]));
}

/** `{}` matches any text that is not empty, as little as is possible. */
function patternOf(detail: string, wording: string): Pattern {
  const pieces = detail.split("{}").map((piece) => piece.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return { matches: new RegExp(`^${pieces.join("(.+?)")}$`, "su"), wording };
}

/** Puts values where `wording` has them: `{}` takes the next one, `{2}` the second. */
function putIn(wording: string, values: readonly string[]): string {
  let next = 0;
  return wording.replace(/\{(\d*)\}/g, (_, position: string) => {
    const index = position === "" ? next++ : Number(position) - 1;
    return values[index] ?? "";
  });
}
