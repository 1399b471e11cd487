import { type Agent, request } from "node:http";

export interface HttpRequest {
  readonly method?: "GET" | "POST" | "PUT";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends one request over the agent's connections; resolves once the answer was read, to its status and the milliseconds it took. */
export function timeRequest(agent: Agent, sent: HttpRequest): Promise<{ status: number; ms: number }> {
  const { method = "POST", url, headers = {}, body } = sent;
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const outgoing = request(url, { agent, method, headers }, (response) => {
      response.resume();
      response.once("end", () => resolve({ status: response.statusCode ?? 0, ms: performance.now() - startedAt }));
    });
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}
