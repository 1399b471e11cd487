import { churnScores } from "../../drizzle/tables/signals.ts";
import { createCampaign } from "../../src/coupons/campaign-actions.ts";
import { generateCodes } from "../../src/coupons/code-actions.ts";
import { isHeldOut } from "../../src/experiments/assignment-rules.ts";
import { type Day, dayIn } from "../../src/kernel/calendar.ts";
import { type Id, newId } from "../../src/kernel/ids.ts";
import { addMs, type Clock, DAY_MS, type Instant } from "../../src/kernel/instant.ts";
import { publishPolicy } from "../../src/nudges/policy-actions.ts";
import type { Policy } from "../../src/nudges/policy-queries.ts";
import { DEFAULT_POLICY, type PolicySettings } from "../../src/nudges/policy-rules.ts";
import { Crypto } from "../../src/platform/crypto.ts";
import type { Mailer } from "../../src/platform/mailer.ts";
import type { StageRun } from "../../workers/stage.ts";
import type { TestDatabase } from "../support/test-database.ts";
import { anEmptyCommunity, aViewer } from "../support/value-builders.ts";

/** Ten in the morning in Shanghai, where test communities are. */
export const NOW: Instant = new Date("2026-03-02T02:00:00.000Z");
export const TODAY: Day = "2026-03-02";
export const crypto = new Crypto([{ id: "k1", secret: Buffer.alloc(32, 7).toString("base64") }]);

export const nudge = { action: "nudge", cost: 1, priorLift: 0.03 } as const;
export const gift = { action: "grant-points", cost: 50, priorLift: 0.2, coins: 50 } as const;

/** A policy that takes the best action for sure, holds as few out as it may, and never sleeps. */
export const EAGER: PolicySettings = {
  ...DEFAULT_POLICY,
  actions: [nudge],
  explorationRate: 0,
  holdoutPercent: 1,
  quietHours: { from: 0, until: 0 },
};

export async function aCommunityWith(
  test: TestDatabase,
  settings: Partial<PolicySettings>,
): Promise<{ communityId: Id; policy: Policy }> {
  const communityId = await anEmptyCommunity(test, NOW);
  const policy = await test.tx(communityId, (tx) => publishPolicy(tx, { ...EAGER, ...settings }, NOW));
  return { communityId, policy };
}

export interface MemberOptions {
  readonly email?: string;
  readonly displayName?: string;
  readonly timeZone?: string;
  readonly locale?: "en" | "zh-CN";
  readonly nudges?: boolean;
  readonly emails?: boolean;
}

/** Members, all alike, whom a holdout of 1 % leaves in; `%` in their e-mail address becomes their number. */
export async function someMembers(
  test: TestDatabase,
  communityId: Id,
  count: number,
  options: MemberOptions = {},
): Promise<Id[]> {
  const { email, displayName = "Lin", timeZone = "Asia/Shanghai", locale = "en", nudges, emails } = options;
  const ids: Id[] = [];
  while (ids.length < count) {
    const id = newId(NOW);
    if (!isHeldOut(communityId, id, EAGER.holdoutPercent)) ids.push(id);
  }
  const ciphers = ids.map((_id, index) =>
    email === undefined ? null : crypto.encrypt(email.replace("%", `${index}`)),
  );
  await test.rows(
    `insert into members (community_id, id, display_name, email_cipher, locale, time_zone, role, joined_at)
     select $1, id, $4, cipher, $5, $6, 'member', $7 from unnest($2::uuid[], $3::text[]) as m (id, cipher)`,
    [communityId, ids, ciphers, displayName, locale, timeZone, NOW],
  );
  for (const [purpose, granted] of [["nudges", nudges] as const, ["email", emails] as const]) {
    if (granted === undefined) continue;
    await test.rows(
      `insert into consents (community_id, member_id, purpose, granted, changed_at)
       select $1, id, $3, $4, $5 from unnest($2::uuid[]) as m (id)`,
      [communityId, ids, purpose, granted, NOW],
    );
  }
  return ids;
}

/** Scores members at risk; the first is the most undecided. */
export async function scoreAll(
  test: TestDatabase,
  communityId: Id,
  memberIds: readonly Id[],
  asOf = TODAY,
): Promise<void> {
  await test.tx(communityId, async (tx) => {
    for (let start = 0; start < memberIds.length; start += 1_000) {
      const rows = memberIds.slice(start, start + 1_000).map((memberId, index) => {
        const probability = 0.5 + (0.1 * (start + index)) / memberIds.length;
        return { communityId, asOf, memberId, modelVersion: 1, probability, scoredAt: NOW };
      });
      await tx.sql.insert(churnScores).values(rows);
    }
  });
}

/** A mailer that nothing may be sent by. */
const noMailer: Mailer = {
  send: () => Promise.reject(new Error("nothing is sent in this test")),
  close: () => {},
};

/** A run of a stage at `now`, live unless said otherwise. */
export function aRun(
  test: TestDatabase,
  communityId: Id,
  options: { now?: Instant; clock?: Clock; asOf?: Day; live?: boolean; mailer?: Mailer } = {},
): StageRun {
  const { clock, now = clock?.() ?? NOW, live = true, mailer = noMailer } = options;
  const asOf = options.asOf ?? dayIn("Asia/Shanghai", now);
  return {
    db: test.db,
    crypto,
    mailer,
    communityId,
    asOf,
    now,
    clock: clock ?? (() => now),
    live,
    onProgress: () => {},
  };
}

/** A campaign with `count` codes. */
export async function aCampaign(
  test: TestDatabase,
  communityId: Id,
  count: number,
  options: { perMemberMax?: number; usesMax?: number; startsAt?: Instant; endsAt?: Instant } = {},
): Promise<Id> {
  const operator = await aViewer(test, communityId, NOW, { role: "operator" });
  return test.tx(communityId, async (tx) => {
    const { id: campaignId } = await createCampaign(
      tx,
      operator,
      {
        name: "Spring",
        discountKind: "percent",
        discountValue: 20,
        currency: null,
        startsAt: options.startsAt ?? addMs(NOW, -DAY_MS),
        endsAt: options.endsAt ?? addMs(NOW, 30 * DAY_MS),
        usesMax: options.usesMax ?? 1_000,
        perMemberMax: options.perMemberMax ?? 1,
        holdMinutes: 15,
      },
      NOW,
    );
    if (count > 0) await generateCodes(tx, crypto, operator, { campaignId, count }, NOW);
    return campaignId;
  });
}

export const coupon = (campaignId: Id) => ({ action: "grant-coupon", cost: 20, priorLift: 0.3, campaignId }) as const;

export interface DecisionRow {
  readonly id: Id;
  readonly member_id: Id;
  readonly as_of: Day;
  readonly action: string;
  readonly cost: number;
  readonly holdout: boolean;
  readonly action_set: { action: string; propensity: number }[];
  readonly left_out: { action: string; reason: string }[];
}

export function decisionsOf(test: TestDatabase, communityId: Id): Promise<DecisionRow[]> {
  return test.rows<DecisionRow>(
    `select id, member_id, to_char(as_of, 'YYYY-MM-DD') as as_of, action, cost, holdout, action_set, left_out
     from nudge_decisions where community_id = $1 order by as_of, abs(probability - 0.5), member_id`,
    [communityId],
  );
}
