import { DateTime } from "luxon";
import { describe, expect, it } from "vitest";
import { DAY_MS } from "../../src/kernel/instant.ts";
import { ARCHETYPE_NAMES } from "../../src/simulation/archetype-catalogue.ts";
import { COURSES } from "../../src/simulation/course-catalogue.ts";
import { NOW, ofType, record } from "./recorded-community.ts";

const { records, truth } = record({ seed: "plausible" });
const members = new Map(ofType(records, "member").map((member) => [member.key, member]));
const threads = ofType(records, "thread");
const posts = ofType(records, "post");

describe("the demo community", () => {
  it("is large enough to look alive and small enough to load in seconds", () => {
    expect(members.size).toBe(3_000 + 1 + 4 + COURSES.length);
    expect(threads.length).toBeGreaterThan(600);
    expect(threads.length).toBeLessThan(1_500);
    expect(posts.length + threads.length).toBeGreaterThan(4_000);
    expect(posts.length + threads.length).toBeLessThan(8_000);
    const activities = ofType(records, "activity").length;
    expect(activities).toBeGreaterThan(80_000);
    expect(activities).toBeLessThan(160_000);
  });

  it("reads three fifths Chinese and two fifths English, each in its own threads", () => {
    const chinese = [...members.values()].filter(({ locale }) => locale === "zh-CN").length / members.size;
    expect(chinese).toBeGreaterThan(0.56);
    expect(chinese).toBeLessThan(0.64);
    for (const thread of threads) expect(members.get(thread.authorKey)!.locale).toBe(thread.locale);
    const hanzi = /\p{Script=Han}/u;
    const localeOf = new Map(threads.map((thread) => [thread.key, thread.locale]));
    for (const thread of threads) expect(hanzi.test(thread.bodyMarkdown)).toBe(thread.locale === "zh-CN");
    for (const { bodyMarkdown, threadKey } of posts) {
      if (hanzi.test(bodyMarkdown)) expect(localeOf.get(threadKey)).toBe("zh-CN");
    }
  });

  it("has one instructor a course, and an operator", () => {
    const courses = ofType(records, "course");
    expect(new Set(courses.map(({ instructorKey }) => instructorKey)).size).toBe(COURSES.length);
    for (const { instructorKey, locale } of courses) expect(members.get(instructorKey)!.locale).toBe(locale);
    expect([...members.values()].filter(({ role }) => role === "operator")).toHaveLength(1);
  });

  it("follows the day and the week of its members", () => {
    const hours = new Array<number>(24).fill(0);
    const weekdays = new Array<number>(7).fill(0);
    for (const { kind, memberKey, occurredAt } of ofType(records, "activity")) {
      const member = members.get(memberKey)!;
      if (kind !== "login" || member.role !== "member") continue;
      const local = DateTime.fromJSDate(occurredAt, { zone: member.timeZone });
      hours[local.hour]! += 1;
      weekdays[local.weekday - 1]! += 1;
    }
    expect(hours.indexOf(Math.max(...hours))).toBeGreaterThanOrEqual(19);
    expect(hours[4]!).toBeLessThan(hours[21]! / 8);
    expect(hours[12]!).toBeGreaterThan(hours[10]!);
    expect(weekdays[4]!).toBeLessThan(0.85 * weekdays[0]!);
  });

  it("leaves some questions unanswered, and most not", () => {
    const answered = new Set(posts.filter(({ kind }) => kind === "answer").map(({ threadKey }) => threadKey));
    const settled = threads.filter(({ kind, createdAt }) => kind === "question" && +NOW - +createdAt > 5 * DAY_MS);
    const open = settled.filter(({ key }) => !answered.has(key)).length / settled.length;
    expect(open).toBeGreaterThan(0.08);
    expect(open).toBeLessThan(0.35);
  });

  it("loses a part of those who joined, for every cause and in every archetype", () => {
    const left = truth.filter(({ leftAt }) => leftAt !== null);
    expect(left.length / truth.length).toBeGreaterThan(0.4);
    expect(left.length / truth.length).toBeLessThan(0.6);
    const causes = new Set(left.map(({ cause }) => cause));
    expect(causes.size).toBe(8);
    for (const archetype of ARCHETYPE_NAMES) {
      const own = truth.filter((member) => member.archetype === archetype);
      const share = own.filter(({ leftAt }) => leftAt !== null).length / own.length;
      expect(share, archetype).toBeGreaterThan(0.15);
      expect(share, archetype).toBeLessThan(0.8);
    }
  });
});

describe("what people write", () => {
  const courseThreads = (spaceKey: string) => threads.filter((thread) => thread.spaceKey === spaceKey);

  it.each(COURSES.map(({ key }) => key))("differs from thread to thread on any page of %s", (spaceKey) => {
    const titles = courseThreads(spaceKey).map(({ title }) => title);
    expect(titles.length).toBeGreaterThan(50);
    for (let start = 0; start + 20 <= titles.length; start += 20) {
      expect(new Set(titles.slice(start, start + 20)).size).toBeGreaterThanOrEqual(19);
    }
  });

  it("shows a feed of twenty with twenty titles, from many spaces and authors", () => {
    const feed = threads.slice(-20);
    expect(new Set(feed.map(({ title }) => title)).size).toBe(20);
    expect(new Set(feed.map(({ authorKey }) => authorKey)).size).toBeGreaterThan(14);
    expect(new Set(feed.map(({ spaceKey }) => spaceKey)).size).toBeGreaterThan(4);
  });

  it("has no hole of the corpus left in it, and says nothing twice in a thread but small talk", () => {
    for (const { title, bodyMarkdown } of threads) expect(title + bodyMarkdown).not.toMatch(/\{\w+\}|\[\[[^\]]*\|/);
    const said = new Set<string>();
    let repeated = 0;
    for (const { threadKey, kind, bodyMarkdown } of posts) {
      expect(bodyMarkdown).not.toMatch(/\{\w+\}|\[\[[^\]]*\|/);
      if (kind === "comment") continue;
      const line = `${threadKey}/${bodyMarkdown}`;
      if (said.has(line)) repeated += 1;
      said.add(line);
    }
    expect(repeated).toBe(0);
  });

  it("shows names that are mostly different", () => {
    const names = [...members.values()].map(({ displayName }) => displayName);
    expect(new Set(names).size / names.length).toBeGreaterThan(0.75);
  });
});
