import { useEffect, useState } from "react";
import type { Fetcher } from "../../lib/query";
import { useQuery } from "../../lib/useQuery";
import type { Query } from "../../lib/useQuery";

const longestPause = 60_000;

/** The pause before the next request: doubled with each failure in a row. */
export const pause = (interval: number, failures: number) => Math.min(longestPause, interval * 2 ** failures);

/** Reads `key` again every `interval` milliseconds while the window is visible; undefined reads it once. */
export function usePolled<T>(key: string, fetcher: Fetcher<T>, intervalOf: (data: T | undefined) => number | undefined): Query<T> {
  const query = useQuery(key, fetcher, { staleTime: 1_000 });
  const isVisible = useVisible();
  const [failures, setFailures] = useState(0);
  const { error, isFetching, updatedAt, retry } = query;
  const interval = intervalOf(query.data);
  useEffect(() => {
    if (!isFetching) setFailures((before) => (error === undefined ? 0 : before + 1));
  }, [isFetching, error]);
  useEffect(() => {
    if (interval === undefined || !isVisible || isFetching) return;
    // What became old while nobody looked is read at once.
    const wait = Math.max(0, pause(interval, failures) - (failures === 0 ? Date.now() - updatedAt : 0));
    const timer = setTimeout(retry, wait);
    return () => clearTimeout(timer);
  }, [interval, isVisible, isFetching, updatedAt, failures]);
  return query;
}

function useVisible(): boolean {
  const [isVisible, setVisible] = useState(() => document.visibilityState === "visible");
  useEffect(() => {
    const update = () => setVisible(document.visibilityState === "visible");
    document.addEventListener("visibilitychange", update);
    return () => document.removeEventListener("visibilitychange", update);
  }, []);
  return isVisible;
}
