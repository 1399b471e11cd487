import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Crypto } from "../../src/platform/crypto.ts";

const key = (id: string, fill: number) => ({ id, secret: Buffer.alloc(32, fill).toString("base64") });
const crypto = new Crypto([key("k1", 1)]);

describe("Crypto", () => {
  it("gives back what it encrypted, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => crypto.decrypt(crypto.encrypt(text)) === text),
      { seed: 1 },
    );
  });

  it("encrypts the same text differently each time, and names the key", () => {
    const first = crypto.encrypt("ada@example.com");
    expect(first).not.toBe(crypto.encrypt("ada@example.com"));
    expect(first).toMatch(/^k1\./);
    expect(first).not.toContain("ada");
  });

  it("refuses a cipher text with any byte changed", () => {
    const [id, body] = crypto.encrypt("hello").split(".") as [string, string];
    const bytes = Buffer.from(body, "base64url");
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index] = changed[index]! ^ 1;
      expect(() => crypto.decrypt(`${id}.${changed.toString("base64url")}`)).toThrow();
    }
    expect(() => crypto.decrypt(`${id}.AAAA`)).toThrow(/too short/);
  });

  it("reads what an older key made, writes with the newest, and refuses what a dropped key made", () => {
    const old = crypto.encrypt("hello");
    const rotated = new Crypto([key("k2", 2), key("k1", 1)]);
    expect(rotated.decrypt(old)).toBe("hello");
    expect(rotated.encrypt("hello")).toMatch(/^k2\./);
    expect(() => new Crypto([key("k2", 2)]).decrypt(old)).toThrow(/no key/);
  });

  it("finds a hash again after a rotation", () => {
    const stored = crypto.keyedHash("coupon.code", "ABC");
    const rotated = new Crypto([key("k2", 2), key("k1", 1)]);
    expect(rotated.keyedHashes("coupon.code", "ABC")).toContain(stored);
    expect(rotated.keyedHashes("coupon.code", "ABC")[0]).toBe(rotated.keyedHash("coupon.code", "ABC"));
  });

  it("hashes the same text differently by purpose and by key", () => {
    const hashes = [
      crypto.keyedHash("coupon.code", "x"),
      crypto.keyedHash("member.email", "x"),
      new Crypto([key("k1", 3)]).keyedHash("coupon.code", "x"),
    ];
    expect(new Set(hashes).size).toBe(3);
    expect(crypto.keyedHash("coupon.code", "x")).toBe(hashes[0]);
  });

  it.each([
    ["no key", []],
    ["a short key", [{ id: "k1", secret: randomBytes(16).toString("base64") }]],
    ["an id that is none", [{ id: "K.1", secret: randomBytes(32).toString("base64") }]],
    ["two keys of one id", [key("k1", 1), key("k1", 2)]],
  ])("refuses to start with %s", (_what, keys) => {
    expect(() => new Crypto(keys)).toThrow(/Invariant broken/);
  });
});
