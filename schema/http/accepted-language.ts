import type { IncomingHttpHeaders } from "node:http";
import type { Locale } from "../../drizzle/tables/identity.ts";

const LOCALES: ReadonlyMap<string, Locale> = new Map([
  ["en", "en"],
  ["zh", "zh-CN"],
]);
/** Browsers name a handful; nobody reads hundreds. */
const RANGES_MAX = 20;

/** The language in which somebody whom we do not know reads, by `Accept-Language` (RFC 9110, §12.5.4); English when it names none of ours. */
export function acceptedLanguage(headers: IncomingHttpHeaders): Locale {
  let best: { locale: Locale; quality: number } = { locale: "en", quality: 0 };
  for (const range of (headers["accept-language"] ?? "").split(",", RANGES_MAX)) {
    const [tag = "", parameter] = range
      .trim()
      .toLowerCase()
      .split(/\s*;\s*q=/, 2);
    const quality = parameter === undefined ? 1 : Number(parameter);
    const locale = LOCALES.get(tag.split("-", 1)[0]!);
    if (locale !== undefined && quality > best.quality) best = { locale, quality };
  }
  return best.locale;
}
