import { describe, expect, it } from "vitest";
import { acceptedLanguage } from "../../../schema/http/accepted-language.ts";

describe("the language that a browser asks for", () => {
  it.each([
    [undefined, "en"],
    ["", "en"],
    ["zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"],
    ["en-GB,en;q=0.9,zh;q=0.8", "en"],
    ["fr-FR, zh-TW;q=0.5", "zh-CN"],
    ["en;q=0.1, ZH ; q=0.2", "zh-CN"],
    ["zh;q=0", "en"],
    ["zh;q=much", "en"],
    ["*", "en"],
    ["constructor", "en"],
    [`${"xx,".repeat(50_000)}zh`, "en"],
  ])("of %j is %s", (header, locale) => {
    expect(acceptedLanguage({ "accept-language": header })).toBe(locale);
  });
});
