import autocannon from "autocannon";

export interface PostRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Load extends PostRequest {
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second over all connections; as many as are answered unless given. */
  readonly requestsPerSecond?: number;
}

export interface LoadResult {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly requests: number;
}

/** Sends the request once, and returns the answer's text: a benchmark of error messages is fast and means nothing. */
export async function proveLoad({ url, headers, body }: PostRequest): Promise<string> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
  const text = await response.text();
  if (response.status !== 200 || text.includes('"errors"')) {
    throw new Error(`${url} answers ${response.status}: ${text.slice(0, 500)}`);
  }
  return text;
}

/** Sends the same POST over and over for `seconds`. @throws when an answer is anything but a 200. */
export async function applyLoad(load: Load): Promise<LoadResult> {
  const { url, headers, body, connections, seconds, requestsPerSecond } = load;
  const result = await autocannon({
    ...{ url, method: "POST", body, connections, duration: seconds },
    headers: { "content-type": "application/json", ...headers },
    ...(requestsPerSecond === undefined ? {} : { overallRate: requestsPerSecond }),
  });
  const failed = result.non2xx + result.errors + result.timeouts;
  if (failed > 0) throw new Error(`${failed} requests to ${url} failed`);
  return {
    requestsPerSecond: Math.round(result.requests.average),
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    requests: result.requests.total,
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
