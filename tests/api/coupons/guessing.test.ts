import { beforeAll, describe, expect, it } from "vitest";
import { createCampaign } from "../../../src/coupons/campaign-actions.ts";
import { generateCodes } from "../../../src/coupons/code-actions.ts";
import { codeOf } from "../../../src/coupons/code-rules.ts";
import { freeCodesOf } from "../../../src/coupons/coupon-queries.ts";
import type { Viewer } from "../../../src/identity/viewer.ts";
import type { Id } from "../../../src/kernel/ids.ts";
import { addMs, DAY_MS, type Instant } from "../../../src/kernel/instant.ts";
import { Crypto } from "../../../src/platform/crypto.ts";
import { useApi } from "../../support/test-api.ts";
import { useDatabase } from "../../support/test-database.ts";
import { anEmptyCommunity, aViewer } from "../../support/value-builders.ts";

const NOW = new Date("2026-03-01T08:00:00Z");
const crypto = new Crypto([{ id: "test", secret: Buffer.alloc(32, 7).toString("base64") }]);
const test = useDatabase();
const HOLD = `mutation ($input: CouponHoldInput!) { couponHold(input: $input) {
  couponRedemption { id } userErrors { code message field } } }`;

let communityId: Id;
let operator: Viewer;
let keys = 0;

beforeAll(async () => {
  communityId = await anEmptyCommunity(test, NOW);
  operator = await aViewer(test, communityId, NOW, { role: "operator" });
});

const aMember = () => aViewer(test, communityId, NOW);
const anInput = (code: string) => ({ code, idempotencyKey: `guess-${++keys}` });
/** A code that nobody has: right by its check character, and not in the table. */
const aWrongCode = () => codeOf(Uint8Array.from({ length: 14 }, (_, index) => (index * 5 + ++keys) & 31));

async function someCodes(count: number, startsAt: Instant, endsAt: Instant): Promise<string[]> {
  const campaign = await test.tx(communityId, async (tx) => {
    const kind = { discountKind: "percent", discountValue: 20, currency: null } as const;
    const limits = { usesMax: 100, perMemberMax: 1, holdMinutes: 15 };
    const created = await createCampaign(tx, operator, { name: "Spring", ...kind, startsAt, endsAt, ...limits }, NOW);
    await generateCodes(tx, crypto, operator, { campaignId: created.id, count }, NOW);
    return created;
  });
  const page = { size: count, direction: "forward", cursor: null } as const;
  const free = await test.read(communityId, (reader) => freeCodesOf(reader, crypto, operator, campaign.id, page));
  return free.rows.map((row) => row.code);
}

describe("guesses by many members behind one address", () => {
  const api = useApi(test, () => NOW);
  const hold = (viewer: Viewer, code: string) => api.send(viewer, HOLD, { input: anInput(code) });

  it("get answers that are alike to the letter, and twenty make the address wait, whoever asks next", async () => {
    const tomorrow = addMs(NOW, DAY_MS);
    const [used] = await someCodes(1, addMs(NOW, -DAY_MS), tomorrow);
    const [future] = await someCodes(1, tomorrow, addMs(tomorrow, DAY_MS));
    const [past] = await someCodes(1, addMs(NOW, -DAY_MS), NOW);
    expect(await hold(await aMember(), used!)).toMatchObject({ data: { couponHold: { userErrors: [] } } });
    const answers: string[] = [];
    // Four of each: one more would make the member wait.
    for (let guesser = 0; guesser < 5; guesser += 1) {
      const member = await aMember();
      for (const code of [used!, future!, past!, aWrongCode()]) answers.push(JSON.stringify(await hold(member, code)));
    }
    expect(answers).toHaveLength(20);
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('"coupon.unknown"');
    const { errors } = await hold(await aMember(), aWrongCode());
    expect(errors[0].extensions).toMatchObject({ code: "RATE_LIMITED" });
  });
});

describe("a thousand attempts in one request", () => {
  const api = useApi(test, () => NOW);

  it("are refused as a thousand: none of them is tried, however they are packed", async () => {
    const [code] = await someCodes(1, addMs(NOW, -DAY_MS), addMs(NOW, DAY_MS));
    const guesser = await aMember();
    const attempts = (count: number) =>
      Array.from({ length: count }, (_, index) => `g${index}:couponHold(input:$i){userErrors{code}}`).join(" ");
    const variables = { i: anInput(code!) };
    const packed = [
      `mutation($i:CouponHoldInput!){${attempts(1_000)}}`,
      `mutation($i:CouponHoldInput!){${attempts(16)}}`,
      `mutation($i:CouponHoldInput!){...F} fragment F on Mutation{${attempts(100)}}`,
    ];
    for (const query of packed) {
      const { data, errors } = await api.send(guesser, query, variables);
      expect(errors.length).toBeGreaterThan(0);
      expect(data ?? null).toBeNull();
    }
    const batch = await fetch(`${api.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: api.credential(guesser) },
      body: JSON.stringify(
        Array.from({ length: 400 }, () => ({
          query: "mutation($i:CouponHoldInput!){couponHold(input:$i){__typename}}",
        })),
      ),
    });
    expect(batch.ok).toBe(false);
    expect(await test.rows("select from coupon_redemptions where member_id = $1", [guesser.memberId])).toEqual([]);
  });

  it("in the fifteen that are allowed stop after the fifth wrong one", async () => {
    const guesser = await aMember();
    const inputs = Array.from({ length: 15 }, () => anInput(aWrongCode()));
    const declared = inputs.map((_, index) => `$i${index}: CouponHoldInput!`).join(", ");
    const fields = inputs
      .map((_, index) => `g${index}: couponHold(input: $i${index}) { userErrors { code } }`)
      .join(" ");
    const variables = Object.fromEntries(inputs.map((input, index) => [`i${index}`, input]));
    const { data, errors } = await api.send(guesser, `mutation (${declared}) { ${fields} }`, variables);
    expect(data ?? null).toBeNull();
    expect(errors[0]).toMatchObject({ path: ["g5"], extensions: { code: "RATE_LIMITED" } });
    const tried = await test.rows("select key from idempotency_keys where community_id = $1 and key = any($2)", [
      communityId,
      inputs.map((input) => input.idempotencyKey),
    ]);
    expect(tried.length).toBeLessThanOrEqual(5);
  });
});
