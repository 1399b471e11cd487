import { type Command, InvalidArgumentError } from "commander";
import type { ApiKeyScope } from "../../../drizzle/tables/identity.ts";
import { API_KEY_SCOPES, isApiKeyScope } from "../../identity/scope-catalogue.ts";
import type { Day } from "../../kernel/calendar.ts";

/** Reads a day given on the command line. */
export function readDay(text: string): Day {
  const parsed = new Date(`${text}T00:00:00Z`);
  if (
    !/^\d{4}-\d{2}-\d{2}$/.test(text) ||
    Number.isNaN(parsed.getTime()) ||
    parsed.toISOString().slice(0, 10) !== text
  ) {
    throw new InvalidArgumentError("Give a day as YYYY-MM-DD, such as 2017-02-01.");
  }
  return text;
}

/** Reads a whole number of at least 1; more than the largest of these is no number of anything here. */
export function readCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("Give a whole number from 1 to 999999999.");
  return Number(text);
}

/** Reads a text that says something. */
export function readText(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("It is empty.");
  return text;
}

/** Reads one of the scopes of a service, which are given once for each. */
export function addScope(text: string, before: readonly ApiKeyScope[] = []): readonly ApiKeyScope[] {
  if (!isApiKeyScope(text)) throw new InvalidArgumentError(`The scopes are ${API_KEY_SCOPES.join(", ")}.`);
  return [...before, text];
}

/** Adds `--community`, which most commands take. */
export function withCommunityOption(command: Command): Command {
  return command.option("-c, --community <slug>", "the community; the one created last when left out");
}
