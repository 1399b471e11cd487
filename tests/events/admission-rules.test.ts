import { describe, expect, it } from "vitest";
import { admitMessage, isSender, type SenderTrust } from "../../src/events/admission-rules.ts";
import { TRACKING_PLAN } from "../../src/events/tracking-plan-catalogue.ts";
import { NOW } from "./signals-builders.ts";

const MEMBER = "019cb0de-7d00-7000-8000-000000000001";
const OTHER = "019cb0de-7d00-7000-8000-000000000002";

const admit = (trust: SenderTrust, change: object = {}) => {
  const message = { type: "track", event: "login", userId: OTHER, messageId: "m", ...change };
  return admitMessage(message, { memberId: MEMBER, trust }, NOW, undefined);
};

describe("who is believed what", () => {
  it.each<[SenderTrust, object]>([
    ["own", { memberId: MEMBER, userId: null, messageId: `${MEMBER}:m` }],
    ["clients", { memberId: null, userId: OTHER, messageId: "public:m" }],
    ["everything", { memberId: null, userId: OTHER, messageId: "m" }],
  ])("%s: %j", (trust, event) => {
    expect(admit(trust)).toMatchObject({ kind: "event", event });
  });

  it.each(TRACKING_PLAN.filter((entry) => entry.source === "product").map((entry) => entry.kind))(
    "%s is the community's own to tell, or its server's",
    (event) => {
      for (const trust of ["own", "clients"] as const) {
        expect(admit(trust, { event })).toMatchObject({ kind: "refused", problems: [{ field: "event" }] });
      }
      expect(admit("everything", { event })).toMatchObject({ kind: "event", event: { kind: event } });
    },
  );

  it.each<SenderTrust>(["own", "clients", "everything"])(
    "%s: what cannot be read is told before anything else",
    (trust) => {
      expect(admit(trust, { event: "answer.posted", timestamp: "soon" }).kind).toBe("malformed");
      expect(admit(trust, { type: "identify" }).kind).toBe("ignored");
    },
  );
});

describe("a sender", () => {
  it.each<[unknown, boolean]>([
    [{ memberId: MEMBER, trust: "own" }, true],
    [{ memberId: MEMBER, trust: "all" }, false],
    [{ memberId: MEMBER }, false],
    [{ trust: "everything" }, false],
    [null, false],
    ["everything", false],
  ])("%j is one: %s", (value, expected) => {
    expect(isSender(value)).toBe(expected);
  });
});
