import { lockServer } from "../../../../src/app/embedded/server-lock.ts";

/** Locks a folder and holds it until killed. */
const lock = await lockServer(process.argv[2]!);
await lock.recordAddresses(["http://localhost:4000"]);
process.stdout.write(`${JSON.stringify({ locked: true })}\n`);
process.stdin.resume();
