import { describe, expect, it } from "vitest";
import { ensureDemoCommunity } from "../../src/app/demo.ts";
import { memberByIdentity } from "../../src/identity/member-queries.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { Crypto } from "../../src/platform/crypto.ts";
import { useDatabase } from "../support/test-database.ts";

const NOW = new Date("2026-03-10T09:30:00Z");
const SMALL = { seed: 3, memberCount: 120 };

describe("the demo community", () => {
  const test = useDatabase();
  const crypto = new Crypto([{ id: "test", secret: Buffer.alloc(32, 7).toString("base64") }]);
  const notes: string[] = [];
  const make = (options = SMALL) =>
    ensureDemoCommunity({ db: test.db, crypto, clock: () => NOW }, { note: (line) => notes.push(line) }, options);
  let communityId: Id | null = null;

  it("leaves nothing behind when making it fails, so that the next start makes it", async () => {
    await expect(make({ ...SMALL, memberCount: -1 })).rejects.toThrow();
    expect(await test.rows("select id from communities")).toEqual([]);
  });

  it("is made once, whoever starts at the same time", async () => {
    const made = await Promise.all([make(), make()]);
    [communityId = null] = made.filter((id) => id !== null);
    expect(made.filter((id) => id !== null)).toHaveLength(1);
    expect(await test.rows("select id, slug from communities")).toEqual([{ id: communityId, slug: "demo" }]);
  });

  it("is left alone by the next start", async () => {
    const before = await test.rows("select count(*)::int as events from events");
    notes.length = 0;
    expect(await make()).toBeNull();
    expect(notes).toEqual([]);
    expect(await test.rows("select count(*)::int as events from events")).toEqual(before);
  });

  it("has somebody with a history behind the token of each role", async () => {
    for (const role of ["member", "moderator", "operator"] as const) {
      const member = await test.read(communityId!, (reader) => memberByIdentity(reader, "rekindle-development", role));
      expect(member?.role).toBe(role);
    }
  });

  it("has a coupon campaign with codes to take", async () => {
    const campaigns = await test.rows(
      `select c.uses_max, count(k.id)::int as codes from coupon_campaigns c
       join coupon_codes k on k.campaign_id = c.id and k.state = 'available' group by c.uses_max`,
    );
    expect(campaigns).toEqual([{ uses_max: 40, codes: 40 }]);
  });
});
