import { describe, expect, it } from "vitest";
import { type Id, newId } from "../../src/kernel/ids.ts";
import { addMs } from "../../src/kernel/instant.ts";
import { publishPolicy, replacePolicy } from "../../src/nudges/policy-actions.ts";
import { policiesByVersion, publishedPolicy } from "../../src/nudges/policy-queries.ts";
import { refusalOf } from "../support/content-builders.ts";
import { useDatabase } from "../support/test-database.ts";
import { anEmptyCommunity } from "../support/value-builders.ts";
import { aCampaign, coupon, EAGER, NOW, nudge } from "./nudge-builders.ts";

const test = useDatabase({ poolSize: 12 });
const inForce = (communityId: Id) => test.read(communityId, publishedPolicy);
const replace = (communityId: Id, seenVersion: number, settings: unknown = EAGER) =>
  test.tx(communityId, (tx) => replacePolicy(tx, { settings, seenVersion }, NOW));

describe("a policy", () => {
  it("is a version that is never changed, and one is in force", async () => {
    const communityId = await anEmptyCommunity(test, NOW);
    expect(await inForce(communityId)).toBeNull();
    const later = addMs(NOW, 1_000);
    await test.tx(communityId, (tx) => publishPolicy(tx, EAGER, NOW));
    await test.tx(communityId, (tx) => publishPolicy(tx, { ...EAGER, riskMin: 0.7 }, later));
    expect(await inForce(communityId)).toEqual({
      version: 2,
      settings: { ...EAGER, riskMin: 0.7 },
      publishedAt: later,
    });
    const versions = await test.read(communityId, (reader) => policiesByVersion(reader, [1, 2, 2, 3]));
    expect([...versions].map(([version, settings]) => [version, settings.riskMin]).sort()).toEqual([
      [1, 0.4],
      [2, 0.7],
    ]);
    expect(await test.read(communityId, (reader) => policiesByVersion(reader, []))).toEqual(new Map());
  });

  it("published by ten at once has ten versions without a gap, and one in force", async () => {
    const communityId = await anEmptyCommunity(test, NOW);
    const published = await Promise.all(
      Array.from({ length: 10 }, () => test.tx(communityId, (tx) => publishPolicy(tx, EAGER, NOW))),
    );
    expect(published.map(({ version }) => version).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const rows = await test.rows("select state from nudge_policies where community_id = $1", [communityId]);
    expect(rows.filter((row) => row.state === "published")).toHaveLength(1);
  });

  it("replaces the one that its author saw, and no other", async () => {
    const communityId = await anEmptyCommunity(test, NOW);
    expect(await replace(communityId, 0)).toMatchObject({ version: 1 });
    const races = await Promise.allSettled([1, 2, 3, 4].map(() => replace(communityId, 1)));
    expect(races.filter((race) => race.status === "fulfilled")).toHaveLength(1);
    const refusal = await refusalOf(replace(communityId, 1));
    expect(refusal).toMatchObject({ code: "revision.outdated", data: { seen: 1, current: 2 }, field: "seenVersion" });
  });

  it("that is none is refused, and the one before stays in force", async () => {
    const communityId = await anEmptyCommunity(test, NOW);
    await replace(communityId, 0);
    const bad = await refusalOf(replace(communityId, 1, { ...EAGER, holdoutPercent: 0 }));
    expect(bad).toMatchObject({ code: "input.invalid", field: "settings.holdoutPercent" });
    expect(await inForce(communityId)).toMatchObject({ version: 1 });
  });

  it("gives coupons of a campaign of this community only", async () => {
    const communityId = await anEmptyCommunity(test, NOW);
    const elsewhere = await anEmptyCommunity(test, NOW);
    const foreign = await aCampaign(test, elsewhere, 0);
    for (const campaignId of [foreign, newId(NOW)]) {
      const refusal = await refusalOf(replace(communityId, 0, { ...EAGER, actions: [nudge, coupon(campaignId)] }));
      expect(refusal).toMatchObject({ code: "not-found", field: "settings.actions.1.campaignId" });
    }
    const own = await aCampaign(test, communityId, 0);
    expect(await replace(communityId, 0, { ...EAGER, actions: [coupon(own)] })).toMatchObject({ version: 1 });
  });
});
