// The way into a thread: threads do not inherit the main thread's TypeScript loader.
import { fileURLToPath } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import { register } from "tsx/esm/api";

register({ tsconfig: fileURLToPath(new URL("../../tsconfig.json", import.meta.url)) });
const { run } = await import(workerData.module);
parentPort.postMessage(await run(workerData.input));
