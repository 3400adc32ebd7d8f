// How the dashboard asks: every request sends the administrator's key; a key that is refused is dropped.
import { setAdminKey, useAdminKey } from "./adminKey";
import { apiUrl, ApiError, request, requestTagged } from "./client";
import type { QueryValue, RequestOptions, Tagged } from "./client";
import type { BatchStatus } from "./types";

export async function asAdminTagged<T>(path: string, options: RequestOptions = {}): Promise<Tagged<T>> {
  const { key } = useAdminKey.getState();
  try {
    return await requestTagged<T>(path, { ...options, headers: { ...options.headers, "X-Admin-Key": key ?? "" } });
  } catch (error) {
    // Not a newer key that somebody entered meanwhile.
    if (isRefusal(error) && useAdminKey.getState().key === key) setAdminKey(undefined, refusalText(error));
    throw error;
  }
}

export const asAdmin = async <T>(path: string, options: RequestOptions = {}): Promise<T> => (await asAdminTagged<T>(path, options)).data;

export const read = <T>(path: string, signal: AbortSignal | undefined, query: Record<string, QueryValue> = {}) =>
  asAdmin<T>(path, { query, ...(signal ? { signal } : {}) });

const isRefusal = (error: unknown): error is ApiError =>
  error instanceof ApiError && (error.status === 401 || error.status === 403 || error.kind === "not-json");

const refusalText = (error: ApiError) =>
  error.kind === "admin-closed" ? error.message : "The key is not accepted. ADMIN_API_KEY of the function app has the right one.";

/** Whether `key` opens the dashboard; throws why not. */
export async function checkAdminKey(key: string): Promise<void> {
  try {
    await request<BatchStatus>("/batch/status", { headers: { "X-Admin-Key": key } });
  } catch (error) {
    if (isRefusal(error)) throw new ApiError(error.kind, error.status, refusalText(error));
    throw error;
  }
}

/** A text that is no JSON, such as a page to be stored. */
export async function readText(path: string): Promise<string> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), 30_000);
  try {
    const response = await fetch(apiUrl(path), { signal: limit.signal, headers: { "X-Admin-Key": useAdminKey.getState().key ?? "" } });
    if (!response.ok) throw new ApiError(`http-${response.status}`, response.status, `The API answered ${response.status} when it was asked for the file.`);
    return await response.text();
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError("offline", 0, limit.signal.aborted ? "The file did not come in time." : "We cannot reach the shop. Is your network on?");
  } finally {
    clearTimeout(timer);
  }
}
