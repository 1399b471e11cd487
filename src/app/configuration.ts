import { type Config, readConfig } from "../platform/config.ts";

/** The configuration is not usable; the message lists every problem with its remedy. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
}

/** The configuration of this process's environment. @throws ConfigurationError listing all problems at once. */
export function loadConfig(): Config {
  const read = readConfig(process.env);
  if ("config" in read) return read.config;
  const lines = read.problems.map(({ variable, problem, remedy }) => `  ${variable}: ${problem}; ${remedy}.`);
  throw new ConfigurationError(
    `The configuration has ${lines.length === 1 ? "a problem" : `${lines.length} problems`}:\n${lines.join("\n")}`,
  );
}
