import { describe, expect, it } from "vitest";
import { encodeCursor, timeKeyParts } from "../../../src/kernel/pagination.ts";
import { useApi } from "../../support/test-api.ts";
import { useDatabase } from "../../support/test-database.ts";
import { anEmptyCommunity, aViewer } from "../../support/value-builders.ts";

const NOW = new Date("2026-03-02T08:00:00.000Z");
const test = useDatabase();
const api = useApi(test, () => NOW);

/** Lists by time and id, whose cursors would pass for one another's. */
const LISTS = { thread: "threads", report: "reports", points: "pointsStatement", none: "notifications" };

describe("a cursor", () => {
  const pairs = Object.keys(LISTS).flatMap((tag) =>
    Object.entries(LISTS).map(([own, field]) => [tag, field, tag === own] as const),
  );

  it.each(pairs)("of %s in the list %s: %s", async (tag, field, isTaken) => {
    const moderator = await aViewer(test, await anEmptyCommunity(test, NOW), NOW, { role: "moderator" });
    const after = encodeCursor(timeKeyParts(NOW, moderator.memberId), tag === "none" ? undefined : tag);
    const { errors } = await api.send(moderator, `query($after: String) { ${field}(after: $after) { nodes { id } } }`, {
      after,
    });
    if (isTaken) expect(errors).toBeUndefined();
    else
      expect(errors[0].extensions).toMatchObject({ code: "BAD_USER_INPUT", refusal: "input.invalid", field: "after" });
  });
});
