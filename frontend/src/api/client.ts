// The one place that knows where the API is, what its errors look like and how long to wait.

/** An answer that is not a success, or none at all. */
export class ApiError extends Error {
  constructor(
    /** The last part of the problem's type; `offline`, `timeout`, `not-json` and `unreadable` are ours. */
    readonly kind: string,
    /** 0 without an answer. */
    readonly status: number,
    /** For people: what is wrong and what would be right. */
    message: string,
    readonly faults: readonly Fault[] = [],
    /** All members of the problem. */
    readonly body?: Record<string, unknown>,
  ) {
    super(message);
    this.name = "ApiError";
  }

  /** Whether the same request may succeed later. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export interface Fault {
  /** A JSON pointer into the body: `#/3/user_id`. */
  pointer?: string;
  parameter?: string;
  detail: string;
}

export type QueryValue = string | number | boolean | undefined | readonly string[];

export interface RequestOptions {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  query?: Record<string, QueryValue>;
  body?: unknown;
  headers?: Record<string, string>;
  /** The same key does the same thing once. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

const deadline = 10_000;
let token: string | undefined;

/** The signed token of the customer, sent where the session cookie does not reach: to an API of another origin. */
export function authorize(next: string | undefined): void {
  token = next;
}

export function apiUrl(path: string, query: Record<string, QueryValue> = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (typeof value === "object") for (const item of value) params.append(name, item);
    else if (value !== undefined && value !== "") params.set(name, String(value));
  }
  const text = params.toString();
  return SHOP_API_URL + path + (text ? `?${text}` : "");
}

/** What was read, and the version that a change of it names in If-Match. */
export interface Tagged<T> {
  data: T;
  /** Empty when the answer had none. */
  tag: string;
}

export const request = async <T>(path: string, options: RequestOptions = {}): Promise<T> => (await requestTagged<T>(path, options)).data;

export async function requestTagged<T>(path: string, options: RequestOptions = {}): Promise<Tagged<T>> {
  const { method = "GET", query, body, headers, idempotencyKey, signal } = options;
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), deadline);
  const stop = () => limit.abort();
  signal?.addEventListener("abort", stop);
  try {
    const response = await fetch(apiUrl(path, query), {
      method,
      signal: limit.signal,
      // What the customer did is stored even when they leave the page in the same moment.
      keepalive: method !== "GET",
      credentials: SHOP_API_URL.startsWith("/") ? "same-origin" : "include",
      headers: {
        Accept: "application/json",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...(token === undefined ? {} : { "X-Shop-Token": token }),
        ...(idempotencyKey === undefined ? {} : { "Idempotency-Key": idempotencyKey }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { data: await answer<T>(response), tag: response.headers.get("ETag") ?? "" };
  } catch (error) {
    if (signal?.aborted || error instanceof ApiError) throw error;
    if (limit.signal.aborted) throw new ApiError("timeout", 0, "The shop took too long to answer.");
    throw new ApiError("offline", 0, "We cannot reach the shop. Is your network on?");
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

async function answer<T>(response: Response): Promise<T> {
  if (response.status === 204) return undefined as T;
  const type = response.headers.get("Content-Type") ?? "";
  if (!/\bjson\b/.test(type)) {
    // A platform's login page answers 200 with HTML.
    const kind = response.ok ? "not-json" : `http-${response.status}`;
    throw new ApiError(kind, response.status, words(response.status));
  }
  let body: unknown;
  try {
    body = await response.json();
  } catch {
    throw new ApiError("unreadable", response.status, "The shop's answer was cut off.");
  }
  if (response.ok) return body as T;
  const problem = body as { type?: string; detail?: string; title?: string; errors?: Fault[] };
  const kind = problem.type?.split(":").pop() ?? `http-${response.status}`;
  throw new ApiError(kind, response.status, problem.detail || problem.title || words(response.status), problem.errors ?? [],
    body as Record<string, unknown>);
}

function words(status: number): string {
  if (status === 401 || status === 403 || status < 400) return "Please sign in again.";
  if (status === 404) return "There is nothing at this address.";
  return status === 429 ? "That was a little fast. Try again in a moment." : "The shop has trouble answering right now.";
}
