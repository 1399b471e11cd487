import { checkBarrels } from "./checks/barrels.ts";
import { checkFileNames } from "./checks/file-names.ts";
import { checkFileSizes } from "./checks/file-sizes.ts";
import { checkImportRanks } from "./checks/import-ranks.ts";
import { checkLinks } from "./checks/links.ts";
import { checkLint } from "./checks/lint.ts";
import { checkLockfile } from "./checks/lockfile.ts";
import { checkMigrations } from "./checks/migrations.ts";
import { checkReadings } from "./checks/readings.ts";
import { checkSchemaFile } from "./checks/schema-file.ts";
import { checkTraces } from "./checks/traces.ts";
import { checkTypes } from "./checks/types.ts";
import { checkUnused } from "./checks/unused.ts";
import type { Check } from "./run-checks.ts";

/** Everything `npm run check` looks at, the slowest first. */
export const CHECKS: readonly Check[] = [
  checkTypes,
  checkImportRanks,
  checkSchemaFile,
  checkMigrations,
  checkUnused,
  checkLint,
  checkReadings,
  checkBarrels,
  checkFileNames,
  checkFileSizes,
  checkLinks,
  checkTraces,
  checkLockfile,
];
