import { aliased, doublingFragments } from "../tests/api/http/hostile-documents.ts";
import type { HttpRequest } from "./timed-request.ts";

const json = { "content-type": "application/json" };

/** What RELIABILITY 14–20 name, against the real schema: each must be answered by a 4xx. */
export function hostileRequests(url: string, token: string): ReadonlyMap<string, HttpRequest> {
  const bearer = { authorization: `Bearer ${token}` };
  const post = (body: unknown): HttpRequest => ({
    url,
    headers: { ...json, ...bearer },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const query = (text: string, variables?: unknown) => post({ query: text, variables });
  const as = (contentType: string): HttpRequest => ({
    url,
    headers: { "content-type": contentType, ...bearer },
    body: JSON.stringify({ query: "{ me { id } }" }),
  });
  const get = (text: string, headers: Record<string, string>): HttpRequest => ({
    method: "GET",
    url: `${url}?${new URLSearchParams({ query: text })}`,
    headers: { ...headers, ...bearer },
  });
  const nested = (levels: number, first: string) =>
    `threads(first: 1) { nodes { ${`posts(first: ${first}) { nodes { thread { `.repeat(levels)} id ${"} } }".repeat(levels)} } }`;
  return new Map([
    ["fragment doubling, N = 28", query(doublingFragments(28))],
    ["fragment doubling of typenames", query(doublingFragments(28, "__typename"))],
    ["fragment doubling, N = 60", query(doublingFragments(60))],
    ["depth", query(`{ ${nested(30, "1")} }`)],
    ["pages of pages", query(`query ($n: Int) { ${nested(3, "$n")} }`, { n: 100 })],
    ["101 aliases", query(`{ ${aliased(101, "__typename")} }`)],
    ["51 directives", query(`{ __typename ${"@skip(if: false) ".repeat(51)} }`)],
    ["1,001 tokens", query(`{ ${"a ".repeat(1_000)} }`)],
    ["15,001 characters", query(`{ me { id } } #${"x".repeat(15_000)}`)],
    ["500 repeated fields", query(`{ ${"__typename ".repeat(500)} }`)],
    [
      "circular introspection",
      query(`{ __schema { types { ${"fields { type { ".repeat(9)} name ${"} }".repeat(9)} } } }`),
    ],
    ["a probe for suggestions", query("{ thred { id } }")],
    ["a forged cursor", query('{ threads(first: 1, after: "forged") { nodes { id } } }')],
    [
      "a tower in variables",
      post(`{"query":"{ me { id } }","variables":{"x":${"[".repeat(20_000)}${"]".repeat(20_000)}}}`),
    ],
    ["1,000 redemptions", query(`mutation { ${aliased(1_000, 'couponRedeem(input: { code: "x" }) { __typename }')} }`)],
    ["a batch of 10", post(Array(10).fill({ query: "{ me { id } }" }))],
    ["a body over 100 kB", post({ query: "{ me { id } }", pad: "x".repeat(103_000) })],
    ["a form", as("application/x-www-form-urlencoded")],
    ["a multipart form", as("multipart/form-data")],
    ["text/plain", as("text/plain")],
    ["a mutation by GET", get('mutation { couponRedeem(input: { code: "x" }) { __typename } }', json)],
    ["a bare GET", get("{ me { id } }", {})],
    ["a hostile document by GET", get(doublingFragments(28), json)],
    ["PUT", { ...query("{ me { id } }"), method: "PUT" }],
  ]);
}
