import "reflect-metadata";
import { describe, expect, it } from "vitest";
import { REFUSAL_CODES, refusalMessage } from "../../schema/errors/refusal-messages.ts";
import { toUserError } from "../../schema/errors/user-error.ts";
import { Refusal, type RefusalCode, type Refusals } from "../../src/kernel/refusal.ts";

/** Facts of every name, each as its own text: a sentence shows whatever it asks for, and asks for nothing that is missing. */
const anyFacts = new Proxy({}, { get: (_target, name) => `‹${String(name)}›` }) as Refusals[RefusalCode];
const codes = REFUSAL_CODES.map((code) => [code, new Refusal(code, anyFacts)] as const);

describe("a refusal", () => {
  it.each(codes)("%s says so in English: one or more whole sentences", (_code, refusal) => {
    const sentence = refusalMessage(refusal, "en");
    expect(sentence).toMatch(/^\S.*\.$/s);
    expect(sentence).not.toMatch(/undefined|null|NaN|\[object|[\u3400-\u9fff]/);
  });

  it.each(codes)("%s says so in Chinese", (_code, refusal) => {
    const sentence = refusalMessage(refusal, "zh-CN");
    expect(sentence).toMatch(/[\u3400-\u9fff]/);
    expect(sentence).toMatch(/。$/);
    expect(sentence).not.toMatch(/undefined|null|NaN|\[object/);
  });

  it.each(codes)("%s tells both the same facts", (_code, refusal) => {
    const facts = (locale: "en" | "zh-CN") =>
      [...new Set([...refusalMessage(refusal, locale).matchAll(/‹\w+›/g)].map(([fact]) => fact))].sort();
    expect(facts("zh-CN")).toEqual(facts("en"));
  });

  it("has a code of dotted lower-case words, and each once", () => {
    expect(new Set(REFUSAL_CODES).size).toBe(REFUSAL_CODES.length);
    for (const code of REFUSAL_CODES) expect(code).toMatch(/^[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*)?$/);
  });

  it("carries its facts and field, and reaches the client with the input's path", () => {
    const refusal = new Refusal("points.insufficient", { balance: 3, needed: 5 }, "items.0.amount");
    expect(refusal).toMatchObject({ name: "Refusal", message: "points.insufficient", data: { balance: 3, needed: 5 } });
    expect(toUserError(refusal, "en")).toMatchObject({
      code: "points.insufficient",
      field: ["input", "items", "0", "amount"],
      balance: 3,
      needed: 5,
    });
    expect(new Refusal("coupon.unknown", {}).field).toBeNull();
  });

  it("says who is suspended until when, and nothing when nobody knows", () => {
    const until = (date: string | null) => refusalMessage(new Refusal("member.suspended", { until: date }), "en");
    expect(until(null)).toBe("Your account is suspended.");
    expect(until("2026-03-02")).toContain("until 2026-03-02");
  });
});
