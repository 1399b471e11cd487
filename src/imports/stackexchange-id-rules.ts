import { type Id, importedId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";

/** The issuer of the external identities of a site's accounts; the subject is the account's number. */
export function issuerOfSite(site: string): string {
  return `stackexchange:${site}`;
}

/** The id of what a dump dates: accounts, votes, badges. Importing again meets the same one. */
export function datedId(site: string, kind: "user" | "vote" | "badge", number: number, createdAt: Instant): Id {
  return importedId(createdAt, issuerOfSite(site), kind, String(number));
}

/** What an id's 48 bits of time can hold. */
const NUMBER_MAX = 2 ** 48 - 1;

/**
 * The id of what a dump refers to by its number alone: threads and their opening posts by the question's, answers and acceptances by
 * the answer's. In the place of the time stands the number, which grows with it, so the ids still sort as things were written, and a
 * reference is resolved without asking when its target was: no table of numbers is kept, in memory or anywhere.
 */
export function numberedId(site: string, kind: "thread" | "post" | "comment" | "acceptance", number: number): Id {
  const inPlaceOfTime = new Date(Math.min(Math.max(number, 0), NUMBER_MAX));
  return importedId(inPlaceOfTime, issuerOfSite(site), kind, String(number));
}

/** The id of what a site has one of. */
export function siteWideId(site: string, kind: "space" | "deleted-user"): Id {
  return importedId(new Date(0), issuerOfSite(site), kind);
}
