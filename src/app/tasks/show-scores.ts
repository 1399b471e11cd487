import { nodeId } from "../../../schema/graphql/node-id.ts";
import { explainMember, latestScoredDay, scoresPage } from "../../churn/churn-queries.ts";
import { memberByIdentity, membersById } from "../../identity/member-queries.ts";
import { type Id, isId } from "../../kernel/ids.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { Reader } from "../../platform/database/database.ts";
import { asPercent, type Terminal } from "../terminal.ts";
import { chooseCommunity, type DayOptions, withWorkspace } from "./session.ts";

/** Who was the likeliest to leave at the last scoring, the highest risk first. */
export async function showScores(options: DayOptions & { readonly top: number }, terminal: Terminal): Promise<void> {
  await withWorkspace(terminal, async (workspace) => {
    const community = await chooseCommunity(workspace, options.community, terminal);
    const found = await workspace.db.read(community.id, (reader) => topScores(reader, options.top));
    if (options.json) return terminal.printJson({ community: community.slug, ...found });
    const [first] = found.scores;
    if (first === undefined) return terminal.print("Nobody was scored yet. Score them: rekindle pipeline run");
    terminal.print(`Probability of leaving as of ${found.asOf}\n`);
    terminal.printTable(
      ["member", "name", "probability"],
      found.scores.map(({ member, name, probability }) => [member, name, asPercent(probability)]),
    );
    terminal.print(`\nWhy: rekindle churn explain ${first.member} --community ${community.slug}`);
  });
}

async function topScores(reader: Reader, size: number) {
  const asOf = await latestScoredDay(reader);
  if (asOf === null) return { asOf, scores: [] };
  const { rows } = await scoresPage(reader, asOf, { size, cursor: null, direction: "forward" });
  const ids = rows.map(({ memberId }) => memberId);
  const names = new Map((await membersById(reader, ids)).map(({ id, displayName }) => [id, displayName]));
  const scores = rows.map(({ memberId, probability, modelVersion }) => ({
    member: nodeId("Member", memberId),
    name: names.get(memberId) ?? "",
    probability,
    modelVersion,
  }));
  return { asOf, scores };
}

/** Why a member's score is what it is. */
export async function explainScore(member: string, options: DayOptions, terminal: Terminal): Promise<void> {
  await withWorkspace(terminal, async (workspace) => {
    const community = await chooseCommunity(workspace, options.community, terminal);
    const explained = await workspace.db.read(community.id, async (reader) => {
      const id = await memberNamed(reader, member);
      return explainMember(reader, id, community.locale);
    });
    if (options.json) return terminal.printJson(explained);
    if (explained.kind === "not-scored")
      return terminal.print("This member has no score: they were not active in the 60 days before the last scoring.");
    terminal.print(
      `Probability of leaving as of ${explained.score.asOf}: ${asPercent(explained.score.probability)} (model version ${explained.score.modelVersion})`,
    );
    if (explained.kind === "outdated")
      return terminal.print("The features have changed since: the reasons can be told after the next scoring.");
    terminal.print(
      `An average member: ${asPercent(explained.explanation.averageProbability)}. What makes the difference:\n`,
    );
    for (const factor of explained.explanation.factors) terminal.print(`  ${factor.sentence}`);
  });
}

/** A member by their id, as the API shows it or bare, or by who vouches for them. @throws Refusal `not-found`. */
async function memberNamed(reader: Reader, text: string): Promise<Id> {
  const bare = text.replace(/^Member:/, "").toLowerCase();
  if (isId(bare)) return bare;
  // An issuer is an address as a rule, with colons of its own.
  const colon = text.lastIndexOf(":");
  const member = await memberByIdentity(reader, text.slice(0, colon), text.slice(colon + 1));
  if (member === null) throw new Refusal("not-found", { what: "member", id: text });
  return member.id;
}
