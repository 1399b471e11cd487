import { beforeAll, describe, expect, it } from "vitest";
import { assignCoupon } from "../../../src/coupons/code-actions.ts";
import type { Viewer } from "../../../src/identity/viewer.ts";
import type { Id } from "../../../src/kernel/ids.ts";
import { addMs, DAY_MS } from "../../../src/kernel/instant.ts";
import { useApi } from "../../support/test-api.ts";
import { useDatabase } from "../../support/test-database.ts";
import { anEmptyCommunity, aViewer } from "../../support/value-builders.ts";

const NOW = new Date("2026-03-01T08:00:00Z");
const test = useDatabase();
const api = useApi(test, () => NOW);
let communityId: Id;
let operator: Viewer;
let keys = 0;

beforeAll(async () => {
  communityId = await anEmptyCommunity(test, NOW);
  operator = await aViewer(test, communityId, NOW, { role: "operator" });
});

const aMember = () => aViewer(test, communityId, NOW);
const aKey = () => `key-${++keys}`;

const ERRORS = "userErrors { code message field }";
const HOLD = `mutation ($input: CouponHoldInput!) { couponHold(input: $input) {
  couponRedemption { id state heldUntil campaign { name discountValue } } ${ERRORS} } }`;
const COMMIT = `mutation ($input: CouponCommitInput!) { couponCommit(input: $input) {
  couponRedemption { id state orderReference } ${ERRORS} } }`;
const RELEASE = `mutation ($input: CouponReleaseInput!) { couponRelease(input: $input) {
  couponRedemption { id state } ${ERRORS} } }`;
const CREATE = `mutation ($input: CouponCampaignCreateInput!) { couponCampaignCreate(input: $input) {
  couponCampaign { id usesTaken holdMinutes perMemberMax } ${ERRORS} } }`;
const GENERATE = `mutation ($input: CouponCodesGenerateInput!) { couponCodesGenerate(input: $input) {
  count couponCampaign { id } ${ERRORS} } }`;

async function aCampaign(change: object = {}): Promise<string> {
  const input = {
    name: "Spring",
    discountKind: "PERCENT",
    discountValue: 20,
    startsAt: NOW,
    endsAt: addMs(NOW, DAY_MS),
    usesMax: 10,
    ...change,
  };
  const { couponCampaignCreate } = await api.ask(operator, CREATE, { input });
  expect(couponCampaignCreate.userErrors).toEqual([]);
  return couponCampaignCreate.couponCampaign.id;
}

async function codesOf(campaignId: string, count: number): Promise<string[]> {
  await api.ask(operator, GENERATE, { input: { campaignId, count, idempotencyKey: aKey() } });
  const { couponCodes } = await api.ask(
    operator,
    "query ($id: ID!) { couponCodes(campaignId: $id, first: 100) { nodes { code } } }",
    { id: campaignId },
  );
  return couponCodes.nodes.map((node: { code: string }) => node.code);
}

const hold = async (viewer: Viewer, input: object) =>
  (await api.ask(viewer, HOLD, { input: { idempotencyKey: aKey(), ...input } })).couponHold;

describe("coupons over the API", () => {
  it("are created, generated, held, committed and released", async () => {
    const campaignId = await aCampaign({ perMemberMax: 2 });
    const [first, second] = await codesOf(campaignId, 2);
    const member = await aMember();
    const held = await hold(member, { code: first });
    expect(held).toMatchObject({
      userErrors: [],
      couponRedemption: { state: "HELD", campaign: { name: "Spring", discountValue: 20 } },
    });
    const redemptionId = held.couponRedemption.id;
    const commit = { redemptionId, orderReference: "ORDER-1", idempotencyKey: aKey() };
    const { couponCommit } = await api.ask(member, COMMIT, { input: commit });
    expect(couponCommit).toMatchObject({ userErrors: [], couponRedemption: { state: "COMMITTED" } });
    const other = await hold(member, { code: second });
    const { couponRelease } = await api.ask(member, RELEASE, {
      input: { redemptionId: other.couponRedemption.id, idempotencyKey: aKey() },
    });
    expect(couponRelease.couponRedemption.state).toBe("RELEASED");
    const { couponCampaigns } = await api.ask(operator, "{ couponCampaigns(first: 1) { nodes { id usesTaken } } }");
    expect(couponCampaigns.nodes).toEqual([{ id: campaignId, usesTaken: 1 }]);
  });

  it("answer the same key the same way, 20 times at once, and refuse it for another request", async () => {
    const codes = await codesOf(await aCampaign(), 2);
    const member = await aMember();
    const input = { code: codes[0], idempotencyKey: aKey() };
    const answers = await Promise.all(Array.from({ length: 20 }, () => hold(member, input)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    const reused = await hold(member, { ...input, code: codes[1] });
    expect(reused.userErrors).toMatchObject([{ code: "idempotency-key.reused" }]);
    const generated = { campaignId: await aCampaign(), count: 3, idempotencyKey: aKey() };
    await Promise.all([1, 2, 3].map(() => api.ask(operator, GENERATE, { input: generated })));
    const rows = await test.rows("select id from coupon_codes where campaign_id = $1", [
      generated.campaignId.split(":")[1],
    ]);
    expect(rows).toHaveLength(3);
  });

  it("are refused in the member's language, with the field at fault", async () => {
    const member: Viewer = { ...(await aMember()), locale: "zh-CN" };
    const both = await hold(member, { code: "X", campaignId: await aCampaign() });
    expect(both.userErrors).toMatchObject([{ code: "input.invalid", field: ["input", "code"] }]);
    const mistyped = await hold(member, { code: "HELLO" });
    expect(mistyped).toMatchObject({ couponRedemption: null, userErrors: [{ code: "input.invalid" }] });
    const none = await hold(member, { campaignId: await aCampaign() });
    expect(none.userErrors).toMatchObject([{ code: "coupon.unknown", message: "该优惠码无法使用。" }]);
    const campaign = { name: "", discountKind: "PERCENT", discountValue: 1, startsAt: NOW, endsAt: NOW, usesMax: 1 };
    const { couponCampaignCreate } = await api.ask(operator, CREATE, { input: campaign });
    expect(couponCampaignCreate).toMatchObject({ couponCampaign: null, userErrors: [{ field: ["input", "name"] }] });
  });

  it("are listed to their owner alone, by a fixed number of statements", async () => {
    const campaignId = await aCampaign({ usesMax: 100, perMemberMax: 30 });
    await codesOf(campaignId, 30);
    const member = await aMember();
    const owned = { campaignId: campaignId.split(":")[1]!, memberId: member.memberId };
    await test.tx(communityId, async (tx) => {
      for (let code = 0; code < 30; code += 1) await assignCoupon(tx, owned, NOW);
    });
    const MINE = `query ($first: Int!, $after: String) { myCoupons(first: $first, after: $after) {
      nodes { id code state heldUntil campaign { id } } pageInfo { hasNextPage endCursor } } }`;
    const first = (await api.ask(member, MINE, { first: 20 })).myCoupons;
    const rest = (await api.ask(member, MINE, { first: 20, after: first.pageInfo.endCursor })).myCoupons;
    expect(first.nodes).toHaveLength(20);
    expect(rest.nodes).toHaveLength(10);
    expect(new Set([...first.nodes, ...rest.nodes].map((node) => node.code)).size).toBe(30);
    const few = await api.statements(() => api.ask(member, MINE, { first: 2 }));
    expect(await api.statements(() => api.ask(member, MINE, { first: 30 }))).toBe(few);
    expect((await api.ask(await aMember(), MINE, { first: 20 })).myCoupons.nodes).toEqual([]);
  });

  it.each([
    ["couponCampaigns", "{ couponCampaigns { nodes { id } } }"],
    ["couponCodes", '{ couponCodes(campaignId: "CouponCampaign:x") { nodes { code } } }'],
    [
      "couponCodesGenerate",
      'mutation { couponCodesGenerate(input: { campaignId: "x", count: 1, idempotencyKey: "k" }) { count } }',
    ],
  ])("keep %s for operators", async (_name, query) => {
    const { errors } = await api.send(await aMember(), query);
    expect(errors[0].extensions.code).toBe("FORBIDDEN");
  });

  it("make whoever guesses wait after five wrong codes, and nobody else: aliases count one by one", async () => {
    const [spent, fresh] = await codesOf(await aCampaign({ perMemberMax: 2 }), 2);
    const owner = await aMember();
    await hold(owner, { code: spent });
    await Promise.all(Array.from({ length: 30 }, () => hold(owner, { code: spent })));
    const guesser = await aMember();
    for (let time = 0; time < 8; time += 1) await hold(guesser, { code: "MISTYPED" });
    const input = (code: string | undefined) => `{ code: "${code}", idempotencyKey: "${aKey()}" }`;
    const guesses = Array.from({ length: 10 }, (_, index) => {
      return `g${index}: couponHold(input: ${input(spent)}) { userErrors { code } }`;
    });
    const { errors } = await api.send(guesser, `mutation { ${guesses.join(" ")} }`);
    expect(errors[0]).toMatchObject({ path: ["g5"], extensions: { code: "RATE_LIMITED" } });
    const { errors: still } = await api.send(guesser, `mutation { couponHold(input: ${input(fresh)}) { ${ERRORS} } }`);
    expect(still[0].extensions.code).toBe("RATE_LIMITED");
    expect(await hold(owner, { code: fresh })).toMatchObject({ userErrors: [] });
  });
});
