/** An answer of the API, or that none came: the server is away, restarting, or said that it failed. */
export type Asked =
  | { readonly kind: "answered"; readonly data: Data }
  | { readonly kind: "no-answer"; readonly why: string };

// biome-ignore lint/suspicious/noExplicitAny: answers are read by path in assertions
export type Data = any;

/** Asks over HTTP as a client does that must not believe what it was not told. */
export async function ask(
  address: string,
  token: string,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Asked> {
  try {
    const response = await fetch(`${address}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(60_000),
    });
    const { data, errors } = (await response.json()) as { data?: Data; errors?: unknown };
    if (errors !== undefined || !response.ok) return { kind: "no-answer", why: JSON.stringify(errors) };
    return { kind: "answered", data };
  } catch (error) {
    return { kind: "no-answer", why: String(error) };
  }
}

/** The answer's data; fails when there is none. */
export async function askSurely(...asked: Parameters<typeof ask>): Promise<Data> {
  const answer = await ask(...asked);
  if (answer.kind === "no-answer") throw new Error(answer.why);
  return answer.data;
}

export const SPACE_CREATE = `mutation($input: SpaceCreateInput!) {
  spaceCreate(input: $input) { space { id } userErrors { code message } } }`;
export const THREAD_CREATE = `mutation($input: ThreadCreateInput!) {
  threadCreate(input: $input) { thread { id } userErrors { code message } } }`;
export const FEED = "{ threads(first: 20) { nodes { id title } } }";
export const CAMPAIGN_CREATE = `mutation($input: CouponCampaignCreateInput!) {
  couponCampaignCreate(input: $input) { couponCampaign { id } userErrors { code message } } }`;
export const CODES_GENERATE = `mutation($input: CouponCodesGenerateInput!) {
  couponCodesGenerate(input: $input) { count userErrors { code message } } }`;
export const COUPON_HOLD = `mutation($input: CouponHoldInput!) {
  couponHold(input: $input) { couponRedemption { id state heldUntil } userErrors { code message } } }`;
export const CODES = `query($campaignId: ID!, $count: Int!) {
  couponCodes(campaignId: $campaignId, first: $count) { nodes { code } } }`;
