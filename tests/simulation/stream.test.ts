import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { OWN_KINDS } from "../../src/events/tracking-plan-catalogue.ts";
import type { SimulationRecord } from "../../src/simulation/records.ts";
import { simulateCommunity } from "../../src/simulation/simulate.ts";
import { momentOf, NOW, ofType, record } from "./recorded-community.ts";

const { records, truth } = record({ seed: "stream" });

function hashOf(stream: Iterable<SimulationRecord>): string {
  const hash = createHash("sha256");
  for (const one of stream) hash.update(JSON.stringify(one));
  return hash.digest("hex");
}

describe("the stream", () => {
  it("is the same for the same seed, and another for another seed or another now", () => {
    const hash = (seed: string, now = NOW) => hashOf(simulateCommunity({ seed, now, memberCount: 250 }).records);
    const first = hash("a");
    expect(hash("a")).toBe(first);
    expect(hash("b")).not.toBe(first);
    expect(hash("a", new Date("2026-03-11T09:30:00Z"))).not.toBe(first);
  });

  it("runs forward in time and ends at now", () => {
    const moments = records.map(momentOf).filter((moment) => moment !== null);
    // Spaces open before the staff arrives; from then on the order of the stream is the order of time.
    for (let index = 1; index < moments.length; index += 1) {
      expect(moments[index]! >= moments[index - 1]!, `record ${index} is not earlier than the one before`).toBe(true);
    }
    expect(moments.at(-1)!.getTime()).toBeLessThanOrEqual(NOW.getTime());
    expect(NOW.getTime() - moments.at(-1)!.getTime()).toBeLessThan(3_600_000);
  });

  it("can be read once", () => {
    const simulation = simulateCommunity({ seed: 1, now: NOW, memberCount: 5 });
    expect(() => simulation.truth()).toThrow("once the records have been read");
    expect([...simulation.records].length).toBeGreaterThan(20);
    expect(simulation.truth()).toHaveLength(5);
    expect(() => [...simulation.records]).toThrow("read once");
  });

  it("has a community of staff alone", () => {
    const alone = record({ seed: 1, memberCount: 0 });
    expect(ofType(alone.records, "member").every(({ role }) => role !== "member")).toBe(true);
    expect(ofType(alone.records, "thread").length).toBeGreaterThan(20);
  });
});

describe("what the stream refers to", () => {
  it("has been told before, by whoever was there", () => {
    const spaces = new Set<string>();
    const members = new Set<string>();
    const threads = new Map<string, { kind: string; authorKey: string }>();
    const posts = new Map<string, { threadKey: string; authorKey: string; kind: string }>();
    const votes = new Set<string>();
    const accepted = new Set<string>();
    const activities = new Set<string>();
    const wrong: SimulationRecord[] = [];
    const must = (holds: boolean, one: SimulationRecord) => {
      if (!holds) wrong.push(one);
    };
    for (const one of records) {
      switch (one.type) {
        case "space":
          must(!spaces.has(one.key), one);
          spaces.add(one.key);
          break;
        case "course":
          must(spaces.has(one.key) && members.has(one.instructorKey), one);
          break;
        case "member":
          must(!members.has(one.key), one);
          members.add(one.key);
          break;
        case "thread":
          must(spaces.has(one.spaceKey) && members.has(one.authorKey) && !threads.has(one.key), one);
          threads.set(one.key, one);
          posts.set(one.openingPostKey, { threadKey: one.key, authorKey: one.authorKey, kind: "opening" });
          break;
        case "post": {
          const thread = threads.get(one.threadKey);
          must(thread !== undefined && members.has(one.authorKey) && !posts.has(one.key), one);
          must(one.kind === "comment" || one.kind === (thread?.kind === "question" ? "answer" : "reply"), one);
          must((one.kind === "comment") === (one.parentKey !== null), one);
          must(one.parentKey === null || posts.get(one.parentKey)?.threadKey === one.threadKey, one);
          posts.set(one.key, one);
          break;
        }
        case "vote": {
          const post = posts.get(one.postKey);
          const vote = `${one.postKey}/${one.memberKey}`;
          must(post !== undefined && members.has(one.memberKey) && post.authorKey !== one.memberKey, one);
          must(!votes.has(vote), one);
          votes.add(vote);
          break;
        }
        case "acceptance": {
          const thread = threads.get(one.threadKey);
          const post = posts.get(one.postKey);
          must(thread?.kind === "question" && thread.authorKey === one.memberKey, one);
          must(post?.kind === "answer" && post.threadKey === one.threadKey && post.authorKey !== one.memberKey, one);
          must(!accepted.has(one.threadKey), one);
          accepted.add(one.threadKey);
          break;
        }
        case "activity":
          must(members.has(one.memberKey) && !activities.has(one.key), one);
          activities.add(one.key);
          break;
      }
    }
    expect(wrong).toEqual([]);
  });

  it("tells every thread, post, vote and acceptance in the event log as well", () => {
    const logged = (kind: string) => ofType(records, "activity").filter((activity) => activity.kind === kind).length;
    const posts = (kind: string) => ofType(records, "post").filter((post) => post.kind === kind).length;
    expect(logged("question.asked") + logged("discussion.started")).toBe(ofType(records, "thread").length);
    for (const kind of ["answer", "reply", "comment"]) expect(logged(`${kind}.posted`)).toBe(posts(kind));
    expect(logged("vote.cast")).toBe(ofType(records, "vote").length);
    expect(logged("vote.received.up") + logged("vote.received.down")).toBe(ofType(records, "vote").length);
    expect(logged("acceptance.given")).toBe(ofType(records, "acceptance").length);
    expect(logged("answer.accepted")).toBe(ofType(records, "acceptance").length);
    expect(logged("member.joined")).toBe(truth.length);
  });

  it("takes lessons in order, begins none before it was bought or free, and completes what was begun", () => {
    const completed = new Map<string, number>();
    const bought = new Set<string>();
    for (const { kind, memberKey, properties } of ofType(records, "activity")) {
      const course = `${memberKey}/${properties.courseKey}`;
      const lesson = Number(properties.lessonNumber);
      if (kind === "purchase.completed") bought.add(course);
      if (kind === "lesson.started") {
        expect(lesson).toBe((completed.get(course) ?? 0) + 1);
        expect(bought.has(course) || lesson <= 2).toBe(true);
      }
      if (kind === "lesson.completed") completed.set(course, lesson);
    }
    expect(completed.size).toBeGreaterThan(1_000);
  });

  it("hears nothing more from who has left", () => {
    const leftAt = new Map(truth.map((member) => [member.memberKey, member.leftAt]));
    const late = ofType(records, "activity").filter(({ kind, memberKey, occurredAt }) => {
      const left = leftAt.get(memberKey) ?? null;
      return OWN_KINDS.includes(kind) && left !== null && occurredAt >= left;
    });
    expect(late).toEqual([]);
  });
});
