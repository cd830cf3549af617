/** One thin way to the server: JSON in, JSON out, and every failure an ApiError that says whether to try again. */

/** A request that hangs longer than this is treated as a lost connection. */
const REQUEST_SECONDS_MAX = 20;
/** The server itself waits up to a minute and a half for a model. */
const PATIENCE_SECONDS_MAX = 100;

export class ApiError extends Error {
  constructor(
    /** 0 when no answer came at all. */
    readonly status: number,
    readonly code: string,
    message: string,
    readonly body: Record<string, unknown> = {},
  ) {
    super(message);
    this.name = "ApiError";
  }

  /** Nobody knows whether the server saw the request, or it asked us to come back: the same request may go again. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

type Query = Record<string, string | number | boolean | null | undefined>;

export function read<T>(path: string, query: Query = {}, seconds_max = REQUEST_SECONDS_MAX): Promise<T> {
  return request<T>("GET", path + queryString(query), undefined, seconds_max);
}

export function post<T>(path: string, body: object): Promise<T> {
  return request<T>("POST", path, body);
}

export function put<T>(path: string, body: object): Promise<T> {
  return request<T>("PUT", path, body);
}

/** What may take a model its time. */
export function postPatiently<T>(path: string, body: object): Promise<T> {
  return request<T>("POST", path, body, PATIENCE_SECONDS_MAX);
}

/** Leaves even when the page is closed in the same moment. */
export function postLast<T>(path: string, body: object): Promise<T> {
  return request<T>("POST", path, body, REQUEST_SECONDS_MAX, true);
}

export function remove<T>(path: string): Promise<T> {
  return request<T>("DELETE", path);
}

async function request<T>(
  method: string,
  path: string,
  body?: object,
  seconds = REQUEST_SECONDS_MAX,
  keepalive = false,
): Promise<T> {
  const response = await answered(path, {
    method,
    credentials: "same-origin",
    headers: body ? { "Content-Type": "application/json", Accept: "application/json" } : { Accept: "application/json" },
    body: body ? JSON.stringify(body) : undefined,
    keepalive,
    signal: AbortSignal.timeout(seconds * 1000),
  });
  const answer = await jsonOf(response);
  if (response.ok && answer) return answer as T;
  const code = typeof answer?.code === "string" ? answer.code : `http_${response.status}`;
  const sentence = typeof answer?.error === "string" ? answer.error : response.statusText;
  throw new ApiError(response.ok ? 502 : response.status, code, sentence, answer ?? {});
}

async function answered(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (reason) {
    throw new ApiError(0, "network", String(reason));
  }
}

async function jsonOf(response: Response): Promise<Record<string, unknown> | null> {
  try {
    return await response.json();
  } catch {
    // A proxy's HTML page, or a body cut in the middle: either way there is no answer to read.
    return null;
  }
}

function queryString(query: Query): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  if (pairs.length === 0) return "";
  return `?${new URLSearchParams(pairs.map(([key, value]) => [key, String(value)]))}`;
}
