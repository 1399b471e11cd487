import { describe, expect, it } from "vitest";
import { extendEntitlement, grantEntitlement, revokeEntitlement } from "../../src/identity/entitlement-actions.ts";
import { entitlementsByMember, stateOf } from "../../src/identity/entitlement-queries.ts";
import type { EntitlementGrant } from "../../src/identity/entitlement-rules.ts";
import type { Viewer } from "../../src/identity/viewer.ts";
import type { Instant } from "../../src/kernel/instant.ts";
import { aCast, at, type Cast, eventTypesOf, refusalOf } from "../support/content-builders.ts";
import { useDatabase } from "../support/test-database.ts";
import { aViewer } from "../support/value-builders.ts";

const test = useDatabase();

const order = { source: "shop", reference: "order-1" };
const bought = (cast: Cast, change: Partial<EntitlementGrant> = {}): EntitlementGrant => ({
  memberId: cast.reader.memberId,
  product: "python",
  cohort: null,
  startsAt: null,
  endsAt: at(500),
  ...order,
  ...change,
});
const grant = (cast: Cast, change: Partial<EntitlementGrant> = {}, now: Instant = at(1), viewer = cast.operator) =>
  test.tx(cast.communityId, (tx) => grantEntitlement(tx, viewer, bought(cast, change), now));
const revoke = (cast: Cast, now: Instant = at(2), receipt = order) =>
  test.tx(cast.communityId, (tx) => revokeEntitlement(tx, cast.operator, { ...receipt, reason: "refund" }, now));
const extend = (cast: Cast, endsAt: Instant | null, now: Instant = at(2)) =>
  test.tx(cast.communityId, (tx) => extendEntitlement(tx, cast.operator, { ...order, endsAt }, now));
const held = async (cast: Cast, now: Instant) => {
  const values = [cast.communityId, cast.reader.memberId, now];
  return (await test.rows("select id from held_entitlements($1, $2, $3)", values)).length;
};

describe("an entitlement", () => {
  it("is granted once a source and reference, however often and at whatever time the shop asks", async () => {
    const cast = await aCast(test);
    const first = await grant(cast);
    expect(first).toMatchObject({ startsAt: at(1), endsAt: at(500), revokedAt: null });
    expect(await grant(cast, {}, at(9))).toEqual(first);
    const others = await Promise.all([1, 2, 3, 4].map(() => grant(cast, { reference: "order-2" }, at(3))));
    expect(new Set(others.map(({ id }) => id)).size).toBe(1);
    expect((await eventTypesOf(test, cast.communityId)).filter((type) => type === "entitlement.granted")).toHaveLength(
      2,
    );
    const [all] = await test.read(cast.communityId, (reader) => entitlementsByMember(reader, [cast.reader.memberId]));
    expect(all!.map(({ reference }) => reference)).toEqual(["order-2", "order-1"]);
  });

  it.each([
    { product: "sql" },
    { cohort: "2026-spring" },
    { startsAt: at(3) },
    { endsAt: null },
  ] as Partial<EntitlementGrant>[])("is not another one under the same reference: %j", async (change) => {
    const cast = await aCast(test);
    await grant(cast);
    expect(await refusalOf(grant(cast, change))).toMatchObject({
      code: "entitlement.reference-used",
      field: "reference",
    });
    expect(await refusalOf(grant(cast, { memberId: cast.other.memberId }))).toMatchObject({
      code: "entitlement.reference-used",
    });
  });

  it("counts from its start to before its end", async () => {
    const cast = await aCast(test);
    await grant(cast, { startsAt: at(100), endsAt: at(200) });
    expect(await Promise.all([99, 100, 199, 200].map((second) => held(cast, at(second))))).toEqual([0, 1, 1, 0]);
    const [[entitlement]] = (await test.read(cast.communityId, (reader) =>
      entitlementsByMember(reader, [cast.reader.memberId]),
    )) as [[Parameters<typeof stateOf>[0]]];
    expect([99, 100, 199, 200].map((second) => stateOf(entitlement, at(second)))).toEqual([
      "upcoming",
      "active",
      "active",
      "ended",
    ]);
  });

  it("counts no more once it is revoked, whatever the clock of who asks says, and is not granted again by a retry", async () => {
    const cast = await aCast(test);
    await grant(cast);
    const revoked = await revoke(cast);
    expect(revoked).toMatchObject({ revokedAt: at(2), revokedReason: "refund" });
    expect(await held(cast, at(1))).toBe(0);
    expect(await revoke(cast, at(7))).toEqual(revoked);
    expect(await grant(cast, {}, at(8))).toEqual(revoked);
    expect(stateOf(revoked, at(1))).toBe("revoked");
    expect(await refusalOf(extend(cast, at(900)))).toMatchObject({ code: "entitlement.revoked" });
    expect(await eventTypesOf(test, cast.communityId)).toEqual(["entitlement.granted", "entitlement.revoked"]);
  });

  it("is moved to another end, and a retry of its grant still finds it", async () => {
    const cast = await aCast(test);
    await grant(cast);
    const extended = await extend(cast, at(900));
    expect(extended.endsAt).toEqual(at(900));
    expect(await extend(cast, at(900))).toEqual(extended);
    expect(await grant(cast)).toEqual(extended);
    expect((await extend(cast, null)).endsAt).toBeNull();
    expect(await refusalOf(extend(cast, at(1)))).toMatchObject({ code: "input.invalid", field: "endsAt" });
    expect((await eventTypesOf(test, cast.communityId)).slice(1)).toEqual([
      "entitlement.extended",
      "entitlement.extended",
    ]);
  });

  it("is kept by operators and by services let in for it, and by nobody else", async () => {
    const cast = await aCast(test);
    const shop = await aViewer(test, cast.communityId, at(0), { role: "service", scopes: ["entitlements:write"] });
    const till = await aViewer(test, cast.communityId, at(0), { role: "service", scopes: ["coupons:settle"] });
    for (const viewer of [cast.reader, cast.moderator, till] as Viewer[]) {
      expect(await refusalOf(grant(cast, {}, at(1), viewer))).toMatchObject({ code: "not-allowed" });
    }
    expect(await grant(cast, {}, at(1), shop)).toMatchObject({ product: "python" });
  });

  it.each([
    ["product", { product: " python" }],
    ["product", { product: "" }],
    ["reference", { reference: "a\u0000b" }],
    ["endsAt", { endsAt: at(1) }],
    ["memberId", { memberId: "nobody" }],
  ] as [string, Partial<EntitlementGrant>][])("is refused for a wrong %s", async (field, change) => {
    expect(await refusalOf(grant(await aCast(test), change))).toMatchObject({ field });
  });

  it("is not found under a reference that nobody gave, nor from another community", async () => {
    const [ours, theirs] = [await aCast(test), await aCast(test)];
    await grant(theirs);
    expect(await refusalOf(revoke(ours))).toMatchObject({ code: "not-found", field: "reference" });
    expect(await refusalOf(extend(ours, null))).toMatchObject({ code: "not-found", field: "reference" });
    expect(await refusalOf(grant(ours, { memberId: theirs.reader.memberId }))).toMatchObject({ code: "not-found" });
  });
});
