import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readClaims, readScopes } from "../../src/identity/token-claims.ts";

const DEFAULTS = { locale: "en", timeZone: "Asia/Shanghai" } as const;
const read = (claims: Record<string, unknown>) =>
  readClaims("https://id.example", { sub: "ada", ...claims }, { roleClaim: "roles" }, DEFAULTS);

describe("readClaims", () => {
  it.each<[Record<string, unknown>, object]>([
    [{}, { displayName: "Member", email: null, locale: "en", timeZone: "Asia/Shanghai", role: "member" }],
    [{ name: " Ada " }, { displayName: "Ada" }],
    [{ name: "", preferred_username: "ada1815" }, { displayName: "ada1815" }],
    [{ name: "\u0000", nickname: "Ada" }, { displayName: "Ada" }],
    [{ name: "\u202e\u200b\n", nickname: "Ada" }, { displayName: "Ada" }],
    [{ name: "Ada\nLovelace\u202e" }, { displayName: "Ada Lovelace" }],
    [{ name: "👩‍👩‍👧" }, { displayName: "👩‍👩‍👧" }],
    [{ name: { first: "Ada" }, nickname: 7 }, { displayName: "Member" }],
    [{ locale: "zh-CN" }, { locale: "zh-CN" }],
    [{ locale: "zh_Hans_CN" }, { locale: "zh-CN" }],
    [{ locale: "ZH" }, { locale: "zh-CN" }],
    [{ locale: "en_US" }, { locale: "en" }],
    [{ locale: "zha" }, { locale: "en" }],
    [{ locale: "fr-FR" }, { locale: "en" }],
    [{ zoneinfo: "Europe/Berlin" }, { timeZone: "Europe/Berlin" }],
    [{ zoneinfo: "+02:00" }, { timeZone: "Asia/Shanghai" }],
    [{ zoneinfo: ["Europe/Berlin"] }, { timeZone: "Asia/Shanghai" }],
    [{ email: "ada@example.com" }, { email: "ada@example.com" }],
    [{ email: "ada@example.com", email_verified: false }, { email: null }],
    [{ email: "no address" }, { email: null }],
    [{ email: "a@b\r\nBcc: all@example.com" }, { email: null }],
    [{ email: `${"x".repeat(250)}@b.cd` }, { email: null }],
    [{ email: ["ada@example.com"] }, { email: null }],
    [{ roles: "moderator" }, { role: "moderator" }],
    [{ roles: ["student", "service", "moderator"] }, { role: "service" }],
    [{ roles: ["operator", "service"] }, { role: "operator" }],
    [{ roles: ["Operator", "OPERATOR "] }, { role: "member" }],
    [{ roles: { operator: true } }, { role: "member" }],
    [{ role: "operator" }, { role: "member" }],
  ])("reads %j", (claims, expected) => {
    expect(read(claims)).toMatchObject(expected);
  });

  it("never fails, whatever a provider sends, and never makes a role up", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom("sub", "name", "email", "locale", "zoneinfo", "roles"), fc.jsonValue()),
        (claims) => {
          const member = read(claims);
          if (member === null) return;
          expect(member.displayName).not.toBe("");
          expect(["member", "moderator", "operator", "service"]).toContain(member.role);
        },
      ),
      { seed: 1, numRuns: 500 },
    );
  });
});

describe("readScopes", () => {
  it.each<[unknown, readonly string[]]>([
    ["events:write coupons:settle", ["events:write", "coupons:settle"]],
    ["openid operate.all OPERATE  operate", ["operate"]],
    ["", []],
    [undefined, []],
    [["operate"], []],
    [{ operate: true }, []],
  ])("of %j are %j", (scope, expected) => {
    expect(readScopes({ scope })).toEqual(expected);
  });
});
