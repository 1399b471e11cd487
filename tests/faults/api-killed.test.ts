import { join } from "node:path";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { provisionCommunity } from "../../src/app/provisioning.ts";
import { DAY_MS } from "../../src/kernel/instant.ts";
import { useDatabase } from "../support/test-database.ts";
import { ask, askSurely, CAMPAIGN_CREATE, CODES, CODES_GENERATE, COUPON_HOLD } from "./asking.ts";
import { endFacesAfterEach, type Server, startServer, until } from "./faces.ts";
import { itForSeeds, report, rounds } from "./seeds.ts";

const test = useDatabase();

beforeAll(async () => {
  const community = { slug: "killed", name: "Killed", locale: "en", timeZone: "UTC" } as const;
  await provisionCommunity({ db: test.db }, community, new Date());
});
endFacesAfterEach();

const api = (): Promise<Server> =>
  startServer(["--only", "api"], {
    REKINDLE_FOLDER: join(inject("scratchFolder"), "api-killed"),
    DATABASE_URL: test.url,
  });

/** Codes of a campaign that nobody has used yet. */
async function someCodes({ address, token }: Server, count: number): Promise<string[]> {
  const operator = token("operator");
  const campaign = {
    name: "Come back",
    discountKind: "PERCENT",
    discountValue: 10,
    startsAt: new Date(Date.now() - DAY_MS).toISOString(),
    endsAt: new Date(Date.now() + DAY_MS).toISOString(),
    usesMax: 1_000,
    perMemberMax: 1_000,
    holdMinutes: 1_440,
  };
  const created = await askSurely(address, operator, CAMPAIGN_CREATE, { input: campaign });
  const campaignId = created.couponCampaignCreate.couponCampaign.id;
  const wanted = { campaignId, count, idempotencyKey: campaignId };
  const { couponCodesGenerate } = await askSurely(address, operator, CODES_GENERATE, { input: wanted });
  expect(couponCodesGenerate).toEqual({ count, userErrors: [] });
  const { couponCodes } = await askSurely(address, operator, CODES, { campaignId, count });
  return couponCodes.nodes.map((node: { code: string }) => node.code);
}

const hold = ({ address, token }: Server, code: string, idempotencyKey: string) =>
  ask(address, token("member"), COUPON_HOLD, { input: { code, idempotencyKey } });

const holds = async (since: Date): Promise<number> =>
  (
    await test.rows<{ holds: number }>("select count(*)::int as holds from coupon_redemptions where held_at >= $1", [
      since,
    ])
  )[0]?.holds ?? 0;

describe("an API that is killed while it answers", () => {
  itForSeeds(
    "gives the retry of each request the same answer, and one effect",
    { timeoutMs: 240_000, soaking: 10 },
    async (rng) => {
      const began = new Date();
      let server = await api();
      let keys = 0;
      let answeredBefore = 0;
      let doneUnanswered = 0;
      for (let round = 0; round < rounds(4, 10); round += 1) {
        const codes = await someCodes(server, 40);
        const holdAll = () => Promise.all(codes.map((code) => hold(server, code, `hold-${code}`)));
        const first = holdAll();
        // At the sight of a commit, whose answer is on its way then.
        const aim = keys + 1 + rng.below(codes.length - 10);
        await until("some are committed", 60_000, async () => (await holds(began)) >= aim, 0);
        await server.killOutright();
        const answers = await first;
        const answered = answers.filter((answer) => answer.kind === "answered").length;
        doneUnanswered += (await holds(began)) - keys - answered;
        answeredBefore += answered;
        keys += codes.length;
        server = await api();
        const retried = await holdAll();
        const again = await holdAll();
        for (const [n, answer] of answers.entries()) {
          expect(retried[n]).toMatchObject({ kind: "answered", data: { couponHold: { userErrors: [] } } });
          expect(again[n]).toEqual(retried[n]);
          if (answer.kind === "answered") expect(retried[n]).toEqual(answer);
        }
        expect(await holds(began)).toBe(keys);
      }
      report(
        `${rounds(4, 10)} kills of the API: ${keys} requests, ${answeredBefore} answered before, ` +
          `${doneUnanswered} committed without an answer; each one effect`,
      );
    },
  );
});

describe("one idempotency key", () => {
  it("has one effect and one answer for 50 requests at once, and is refused for others", {
    timeout: 60_000,
  }, async () => {
    const began = new Date();
    const server = await api();
    const [code = "", another = ""] = await someCodes(server, 2);
    const answers = await Promise.all(Array.from({ length: 50 }, () => hold(server, code, "the same")));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ kind: "answered", data: { couponHold: { userErrors: [] } } });
    expect(await holds(began)).toBe(1);

    const refusal = (code: string) => ({
      kind: "answered",
      data: { couponHold: { couponRedemption: null, userErrors: [{ code }] } },
    });
    expect(await hold(server, another, "the same")).toMatchObject(refusal("idempotency-key.reused"));
    expect(await hold(server, another, "k".repeat(256))).toMatchObject(refusal("input.invalid"));
    expect(await hold(server, another, "")).toMatchObject(refusal("input.invalid"));
    expect(await holds(began)).toBe(1);
  });
});
