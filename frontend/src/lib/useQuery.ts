import { useCallback, useEffect, useRef, useSyncExternalStore } from "react";
import { empty, queries } from "./query";
import type { Fetcher, QueryState } from "./query";

export interface Query<T> extends QueryState<T> {
  /** Nothing to show yet, and nothing failed. */
  readonly isLoading: boolean;
  /** The data of an earlier key, shown until that of this one comes. */
  readonly isPrevious: boolean;
  retry(): void;
}

interface QueryOptions {
  /** Milliseconds during which an answer is not asked for again. */
  staleTime?: number;
  keepPrevious?: boolean;
}

/** Reads `key` with `fetcher` while the component is on screen; a null key asks for nothing. */
export function useQuery<T>(key: string | null, fetcher: Fetcher<T>, options: QueryOptions = {}): Query<T> {
  const { staleTime = 30_000, keepPrevious = false } = options;
  const latest = useRef(fetcher);
  latest.current = fetcher;
  const subscribe = useCallback((listener: () => void) => (key === null ? () => {} : queries.subscribe(key, listener)), [key]);
  const snapshot = () => (key === null ? empty : queries.state<T>(key));
  const state = useSyncExternalStore(subscribe, snapshot, snapshot);
  const load = useCallback(
    (time: number) => void (key !== null && queries.load(key, (signal) => latest.current(signal), time)),
    [key],
  );
  useEffect(() => load(staleTime), [load, staleTime]);
  const previous = useRef<T | undefined>(undefined);
  if (state.data !== undefined) previous.current = state.data;
  const isPrevious = keepPrevious && state.data === undefined && state.error === undefined && previous.current !== undefined;
  return {
    ...state,
    data: isPrevious ? previous.current : state.data,
    isPrevious,
    isLoading: key !== null && state.data === undefined && state.error === undefined && !isPrevious,
    retry: () => load(0),
  };
}
