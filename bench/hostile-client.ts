import { Agent } from "node:http";
import { hostileRequests } from "./hostile-requests.ts";
import { timeRequest } from "./timed-request.ts";

export interface AttackTask {
  readonly url: string;
  readonly token: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface AttackReport {
  readonly refusals: number;
}

/** An attacker: one hostile request after the other on every connection, as fast as they are refused. */
async function attack({ url, token, connections, seconds }: AttackTask): Promise<AttackReport> {
  const requests = [...hostileRequests(url, token)];
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const until = performance.now() + seconds * 1_000;
  let refusals = 0;
  await Promise.all(
    Array.from({ length: connections }, async (_, connection) => {
      for (let next = connection; performance.now() < until; next += 1) {
        const [name, request] = requests[next % requests.length]!;
        const { status } = await timeRequest(agent, request);
        if (status < 400 || status > 499) throw new Error(`${name} is answered with ${status}`);
        refusals += 1;
      }
    }),
  );
  agent.destroy();
  return { refusals };
}

process.once("message", async (task: AttackTask) => {
  process.send?.(await attack(task));
  process.disconnect?.();
});
