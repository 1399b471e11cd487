#!/usr/bin/env node
// Runs the TypeScript sources as they are: nothing has to be built, and stack traces name the real files.
import { fileURLToPath } from "node:url";
import { register } from "tsx/esm/api";

register({ tsconfig: fileURLToPath(new URL("../tsconfig.json", import.meta.url)) });
const { runCli } = await import("../src/app/cli.ts");
process.exitCode = await runCli(process.argv.slice(2));
