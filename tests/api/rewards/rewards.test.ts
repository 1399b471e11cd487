import { beforeAll, describe, expect, it } from "vitest";
import type { Viewer } from "../../../src/identity/viewer.ts";
import { type Id, newId } from "../../../src/kernel/ids.ts";
import { addMs } from "../../../src/kernel/instant.ts";
import { applyPointRules } from "../../../src/rewards/award-actions.ts";
import { awardBadges, publishDefaultBadges } from "../../../src/rewards/badge-actions.ts";
import { spendCoins } from "../../../src/rewards/points-actions.ts";
import { publishDefaultRules } from "../../../src/rewards/rule-actions.ts";
import { useApi } from "../../support/test-api.ts";
import { useDatabase } from "../../support/test-database.ts";
import { anEmptyCommunity, aViewer, recorded } from "../../support/value-builders.ts";

const NOW = new Date("2026-03-01T08:00:00Z");
const test = useDatabase();
const api = useApi(test, () => NOW);
let communityId: Id;
let operator: Viewer;
let moderator: Viewer;
let asker: Viewer;

beforeAll(async () => {
  communityId = await anEmptyCommunity(test, NOW);
  operator = await aViewer(test, communityId, NOW, { role: "operator" });
  moderator = await aViewer(test, communityId, NOW, { role: "moderator" });
  asker = await aViewer(test, communityId, NOW);
  await test.tx(communityId, async (tx) => {
    await publishDefaultRules(tx, NOW);
    await publishDefaultBadges(tx, NOW);
  });
});

/** Somebody whose answer was accepted, who spent 4 of the 10 coins, and whose answer was hidden then. */
async function aMemberWithAHistory(): Promise<Viewer> {
  const member = await aViewer(test, communityId, NOW);
  const post = { postId: newId(NOW), threadId: newId(NOW) };
  const people = { askerId: asker.memberId, acceptedById: asker.memberId, answererId: member.memberId };
  const acceptance = { acceptanceId: newId(NOW), ...people, ...post };
  const hiding = { authorId: member.memberId, moderatorId: moderator.memberId, stateVersion: 1 };
  const moderation = { actionId: newId(NOW), ...hiding, ...post };
  const minutes = (count: number) => addMs(NOW, count * 60_000);
  await test.tx(communityId, async (tx) => {
    await applyPointRules(tx, recorded(communityId, { type: "answer.accepted", ...acceptance }, NOW), NOW);
    const posted = { type: "points.posted", entryId: newId(NOW), memberId: member.memberId, experience: 15, coins: 10 };
    await awardBadges(tx, recorded(communityId, posted as never, NOW), NOW);
    const spending = { memberId: member.memberId, coins: 4, causeKind: "treat", causeId: newId(NOW) };
    await spendCoins(tx, spending, minutes(1));
    await applyPointRules(tx, recorded(communityId, { type: "post.hidden", ...moderation }, minutes(2)), NOW);
  });
  return member;
}

const STATEMENT = `query ($memberId: ID, $first: Int, $after: String) {
  pointsStatement(memberId: $memberId, first: $first, after: $after) {
    nodes { id step sentence experience coins coinsOwed causeKind postId ruleKey reversedById reversalOfId day }
    pageInfo { hasNextPage endCursor } } }`;

describe("points over the API", () => {
  it("tell a member what they have, and others what they have earned", async () => {
    const member = await aMemberWithAHistory();
    const { me } = await api.ask(
      member,
      "{ me { points { experience level levelReachedAt nextLevelAt coins coinsOwed } } }",
    );
    expect(me.points).toEqual({
      experience: 0,
      level: 1,
      levelReachedAt: 0,
      nextLevelAt: 20,
      coins: 0,
      coinsOwed: 4,
    });
    const seen = await api.ask(member, "query ($id: ID!) { member(id: $id) { points { experience level } } }", {
      id: `Member:${asker.memberId}`,
    });
    expect(seen.member.points).toEqual({ experience: 0, level: 1 });
  });

  it("are listed newest first, each with its reason, and page by page", async () => {
    const member = await aMemberWithAHistory();
    const first = (await api.ask(member, STATEMENT, { first: 2 })).pointsStatement;
    const rest = (await api.ask(member, STATEMENT, { first: 2, after: first.pageInfo.endCursor })).pointsStatement;
    const entries = [...first.nodes, ...rest.nodes];
    expect(entries.map(({ step, sentence, experience, coins }) => [step, sentence, experience, coins])).toEqual([
      [
        "TAKEN_BACK",
        "Taken back: the post was hidden by a moderator. 4 coins had been spent already: the next ones you get pay for them.",
        -15,
        -6,
      ],
      ["SPENT", "Coins spent.", 0, -4],
      ["EARNED", "Your answer was accepted.", 15, 10],
    ]);
    expect(entries[0].reversalOfId).toBe(entries[2].id);
    expect(entries[2].reversedById).toBe(entries[0].id);
    expect(first.pageInfo.hasNextPage).toBe(true);
    expect(rest.pageInfo.hasNextPage).toBe(false);
  });

  it("say why, in the reader's language", async () => {
    const member: Viewer = { ...(await aMemberWithAHistory()), locale: "zh-CN" };
    const [reversal] = (await api.ask(member, STATEMENT, { first: 1 })).pointsStatement.nodes;
    const why = "query ($id: ID!) { pointsWhy(entryId: $id) { step sentence } }";
    const { pointsWhy } = await api.ask(member, why, { id: reversal.id });
    expect(pointsWhy).toEqual([
      { step: "EARNED", sentence: "您的回答被采纳。" },
      {
        step: "TAKEN_BACK",
        sentence: "已收回：帖子被版主隐藏。其中 4 个金币此前已花费，将从之后获得的金币中扣除。",
      },
    ]);
    const { errors } = await api.send(asker, why, { id: reversal.id });
    expect(errors[0].extensions).toMatchObject({ code: "REFUSED", refusal: "not-found" });
  });

  it("are private: the member's own, and for moderators", async () => {
    const member = await aMemberWithAHistory();
    const memberId = `Member:${member.memberId}`;
    const { errors } = await api.send(asker, STATEMENT, { memberId });
    expect(errors[0].extensions.refusal).toBe("not-found");
    const { pointsStatement } = await api.ask(moderator, STATEMENT, { memberId });
    expect(pointsStatement.nodes).toHaveLength(3);
  });

  it("list badges in the reader's language", async () => {
    const member = await aMemberWithAHistory();
    const query = "query ($id: ID!) { badges(memberId: $id) { key title } }";
    const id = `Member:${member.memberId}`;
    expect((await api.ask(asker, query, { id })).badges).toEqual([
      { key: "first-accepted-answer", title: "First accepted answer" },
    ]);
    expect((await api.ask({ ...asker, locale: "zh-CN" }, query, { id })).badges[0].title).toBe("首个被采纳的回答");
  });
});

describe("point rules over the API", () => {
  const PUBLISH = `mutation ($input: PointRulePublishInput!) { pointRulePublish(input: $input) {
    pointRule { key version state condition { field value } recipient } userErrors { code field } } }`;
  const input = {
    key: "question-asked",
    eventType: "thread.created",
    condition: [{ field: "kind", value: "question" }],
    recipient: "AUTHOR",
    experience: 4,
    coins: 0,
    dailyMax: 2,
  };

  it("are published as versions, and listed", async () => {
    const publish = async (change = {}) =>
      (await api.ask(operator, PUBLISH, { input: { ...input, ...change } })).pointRulePublish;
    expect(await publish()).toEqual({
      userErrors: [],
      pointRule: {
        key: "question-asked",
        version: 1,
        state: "PUBLISHED",
        condition: [{ field: "kind", value: "question" }],
        recipient: "AUTHOR",
      },
    });
    expect((await publish({ experience: 6 })).pointRule.version).toBe(2);
    const list = async (history: boolean) => {
      const query = "query ($history: Boolean!) { pointRules(history: $history) { key version experience } }";
      const { pointRules } = await api.ask(operator, query, { history });
      return pointRules.filter((rule: { key: string }) => rule.key === "question-asked");
    };
    expect(await list(false)).toEqual([{ key: "question-asked", version: 2, experience: 6 }]);
    expect(await list(true)).toHaveLength(2);
  });

  it.each([
    ["an event nobody heard of", { eventType: "sun.rose" }, "rule.unknown-event", "eventType"],
    ["a field the event lacks", { condition: [{ field: "value", value: "1" }] }, "input.invalid", "condition"],
    ["somebody the event does not name", { recipient: "VOTER" }, "input.invalid", "recipient"],
  ])("are refused with %s", async (_what, change, code, field) => {
    const { pointRulePublish } = await api.ask(operator, PUBLISH, { input: { ...input, ...change } });
    expect(pointRulePublish).toEqual({ pointRule: null, userErrors: [{ code, field: ["input", field] }] });
  });

  it("are for operators", async () => {
    for (const query of ["{ pointRules { key } }", PUBLISH]) {
      const { errors } = await api.send(asker, query, { input });
      expect(errors[0].extensions.code).toBe("FORBIDDEN");
    }
  });
});
