import { join } from "node:path";
import { beforeAll, expect, inject, it } from "vitest";
import { provisionCommunity } from "../../src/app/provisioning.ts";
import { DAY_MS } from "../../src/kernel/instant.ts";
import { describeOnBothBackends } from "../workers/queue-backends.ts";
import { ask, askSurely, CAMPAIGN_CREATE, CODES, CODES_GENERATE, COUPON_HOLD } from "./asking.ts";
import { endFacesAfterAll, type Server, startServer, until } from "./faces.ts";
import { itForSeeds, report, rounds } from "./seeds.ts";

/** Kills, on each backend. */
const ROUNDS = rounds(2, 10);

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

describeOnBothBackends("an API that is killed", ({ test, redis }) => {
  beforeAll(async () => {
    const community = { slug: "killed", name: "Killed", locale: "en", timeZone: "UTC" } as const;
    await provisionCommunity({ db: test.db }, community, new Date());
  });
  endFacesAfterAll();

  const api = (): Promise<Server> =>
    startServer(["--only", "api"], {
      REKINDLE_FOLDER: join(inject("scratchFolder"), "api-killed"),
      DATABASE_URL: test.url,
      REDIS_URL: redis?.url ?? "",
    });

  /** The one that runs; starting one takes the most time here. */
  let server: Server | null = null;

  const holds = async (since: Date): Promise<number> =>
    (
      await test.rows<{ holds: number }>("select count(*)::int as holds from coupon_redemptions where held_at >= $1", [
        since,
      ])
    )[0]?.holds ?? 0;

  itForSeeds(
    "while it answers gives the retry of each request the same answer, and one effect",
    { timeoutMs: 240_000, soaking: 10 },
    async (rng) => {
      const began = new Date();
      server ??= await api();
      let keys = 0;
      let answeredBefore = 0;
      let doneUnanswered = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        const codes = await someCodes(server, 40);
        const holdAll = (at: Server) => Promise.all(codes.map((code) => hold(at, code, `hold-${code}`)));
        const first = holdAll(server);
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
        const retried = await holdAll(server);
        const again = await holdAll(server);
        for (const [n, answer] of answers.entries()) {
          expect(retried[n]).toMatchObject({ kind: "answered", data: { couponHold: { userErrors: [] } } });
          expect(again[n]).toEqual(retried[n]);
          if (answer.kind === "answered") expect(retried[n]).toEqual(answer);
        }
        expect(await holds(began)).toBe(keys);
      }
      report(
        `${redis === null ? "PostgreSQL" : "Redis"}: ${ROUNDS} kills of the API: ${keys} requests, ${answeredBefore} answered before, ` +
          `${doneUnanswered} committed without an answer; each one effect`,
      );
    },
  );

  it("has one effect and one answer for 50 requests under one key at once, and refuses it for others", {
    timeout: 60_000,
  }, async () => {
    const began = new Date();
    const at = await (server ?? api());
    const [code = "", another = ""] = await someCodes(at, 2);
    const answers = await Promise.all(Array.from({ length: 50 }, () => hold(at, code, "the same")));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ kind: "answered", data: { couponHold: { userErrors: [] } } });
    expect(await holds(began)).toBe(1);

    const refusal = (code: string) => ({
      kind: "answered",
      data: { couponHold: { couponRedemption: null, userErrors: [{ code }] } },
    });
    expect(await hold(at, another, "the same")).toMatchObject(refusal("idempotency-key.reused"));
    expect(await hold(at, another, "k".repeat(256))).toMatchObject(refusal("input.invalid"));
    expect(await hold(at, another, "")).toMatchObject(refusal("input.invalid"));
    expect(await holds(began)).toBe(1);
  });
});
