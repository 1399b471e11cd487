import { beforeAll, describe, expect, it } from "vitest";
import type { Viewer } from "../../../src/identity/viewer.ts";
import { useApi } from "../../support/test-api.ts";
import { useDatabase } from "../../support/test-database.ts";
import { anEmptyCommunity, aViewer } from "../../support/value-builders.ts";

const NOW = new Date("2026-03-02T08:00:00.000Z");
const test = useDatabase();
const api = useApi(test, () => NOW);

/** For operators: a field that may not be null, and one that may. */
const REQUIRED = "{ churnReport { champion { version } } }";
const NULLABLE = "{ nudgePolicy { version } }";

async function ask(query: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${api.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ query }),
  });
  const { errors } = (await response.json()) as { errors: { message: string; extensions: { code: string } }[] };
  const [{ message, extensions }] = errors as [(typeof errors)[number]];
  return { status: response.status, code: extensions.code, message, asks: response.headers.get("www-authenticate") };
}

describe("who may not reach a field", () => {
  let member: Viewer;
  beforeAll(async () => {
    member = await aViewer(test, await anEmptyCommunity(test, NOW), NOW);
  });

  // The third time an operation runs compiled.
  it.each([REQUIRED, NULLABLE])("is told to sign in when nobody is: %s", async (query) => {
    for (let time = 0; time < 3; time += 1) {
      expect(await ask(query)).toMatchObject({
        ...{ status: 401, code: "UNAUTHENTICATED", asks: "Bearer" },
        message: expect.stringMatching(/^Sign in first/),
      });
    }
  });

  it.each([REQUIRED, NULLABLE])("is told that they may not when somebody is, in their language: %s", async (query) => {
    const authorization = api.credential(member);
    for (let time = 0; time < 3; time += 1) {
      expect(await ask(query, { authorization })).toMatchObject({ code: "FORBIDDEN", message: "You may not do this." });
    }
    const chinese = api.credential({ ...member, locale: "zh-CN" });
    for (let time = 0; time < 3; time += 1) {
      const refused = await ask(query, { authorization: chinese, "accept-language": "en" });
      expect(refused).toMatchObject({ code: "FORBIDDEN", message: "您无权执行此操作。" });
    }
  });

  it("is told in the language of their browser when we do not know them", async () => {
    expect((await ask(REQUIRED, { "accept-language": "zh-CN,zh;q=0.9" })).message).toBe(
      "请先登录：令牌缺失、无效或已过期。",
    );
  });
});
