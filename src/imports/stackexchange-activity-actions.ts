import { ingestEvents } from "../events/ingest-actions.ts";
import { activitiesOfDump, type DumpFact } from "../events/stack-exchange-rules.ts";
import type { Id } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Tx } from "../platform/database/database.ts";
import { issuerOfSite } from "./stackexchange-id-rules.ts";

/** Records what rows of a dump mean for members, once each; returns how many events were new. */
export async function recordDumpFacts(
  tx: Tx,
  { site, now }: { readonly site: string; readonly now: Instant },
  facts: readonly DumpFact<Id>[],
): Promise<number> {
  const events = facts
    .flatMap((fact) => activitiesOfDump(fact))
    .map(({ key, user, kind, occurredAt }) => ({
      messageId: `${issuerOfSite(site)}:${key}`,
      memberId: user,
      userId: null,
      anonymousId: null,
      kind,
      properties: {},
      occurredAt,
      receivedAt: now,
    }));
  const { inserted } = await ingestEvents(tx, events);
  return inserted;
}
