// Server state: one entry a key, shared by whoever asks for it. Stale data stays on screen while it is read again; equal
// requests are sent once; a request that nobody waits for any more is aborted. frontend/README.md says why it is ours.

export interface QueryState<T> {
  readonly data: T | undefined;
  /** Why the last request failed; the data before it stays. */
  readonly error: unknown;
  readonly isFetching: boolean;
  /** Milliseconds since 1970; 0 before the first answer and after an invalidation. */
  readonly updatedAt: number;
}

export type Fetcher<T> = (signal: AbortSignal) => Promise<T>;

interface Entry {
  state: QueryState<unknown>;
  listeners: Set<() => void>;
  request?: { controller: AbortController; promise: Promise<void> } | undefined;
  fetcher?: Fetcher<unknown>;
}

export const empty: QueryState<never> = { data: undefined, error: undefined, isFetching: false, updatedAt: 0 };

export class QueryCache {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly capacity = 200, private readonly now: () => number = Date.now) {}

  state<T>(key: string): QueryState<T> {
    return (this.entries.get(key)?.state ?? empty) as QueryState<T>;
  }

  subscribe(key: string, listener: () => void): () => void {
    const entry = this.entry(key);
    entry.listeners.add(listener);
    return () => {
      entry.listeners.delete(listener);
      // Not at once: the next page may ask for the same.
      setTimeout(() => entry.listeners.size === 0 && entry.request?.controller.abort(), 0);
    };
  }

  /** Asks for the data unless a younger answer or an equal request is there; errors end in the state, never here. */
  load<T>(key: string, fetcher: Fetcher<T>, staleTime = 0): Promise<void> {
    const entry = this.entry(key);
    entry.fetcher = fetcher;
    if (entry.request) return entry.request.promise;
    const { updatedAt } = entry.state;
    if (updatedAt > 0 && this.now() - updatedAt < staleTime) return Promise.resolve();
    const controller = new AbortController();
    const request = { controller, promise: Promise.resolve() };
    entry.request = request;
    const end = (next: Partial<QueryState<unknown>>) => {
      if (entry.request !== request) return;
      entry.request = undefined;
      this.update(entry, { ...next, isFetching: false });
    };
    request.promise = fetcher(controller.signal).then(
      (data) => end({ data, error: undefined, updatedAt: this.now() }),
      (error: unknown) => end(controller.signal.aborted ? {} : { error }),
    );
    this.update(entry, { isFetching: true });
    return request.promise;
  }

  /** Puts data in place, such as what a form has just stored or an optimistic change; a running request does not undo it. */
  set<T>(key: string, change: (data: T | undefined) => T | undefined): void {
    const entry = this.entry(key);
    entry.request?.controller.abort();
    entry.request = undefined;
    this.update(entry, { data: change(entry.state.data as T | undefined), isFetching: false, error: undefined });
  }

  // A copy is walked where entries are read again: reading moves them to the end.

  /** Makes every entry whose key starts so stale, and reads those again that are on screen. */
  invalidate(prefix: string): void {
    for (const [key, entry] of [...this.entries]) {
      if (!key.startsWith(prefix)) continue;
      entry.request?.controller.abort();
      entry.request = undefined;
      this.update(entry, { updatedAt: 0, isFetching: false });
      if (entry.listeners.size > 0 && entry.fetcher) void this.load(key, entry.fetcher);
    }
  }

  /** Drops what must not be seen again; what is on screen is read anew. */
  forget(prefix: string): void {
    for (const [key, entry] of [...this.entries]) if (key.startsWith(prefix)) this.update(entry, { data: undefined });
    this.invalidate(prefix);
  }

  /** Reads again what is on screen and failed: the network is back. */
  retryFailed(): void {
    for (const [key, entry] of [...this.entries]) {
      if (entry.state.error !== undefined && entry.listeners.size > 0 && entry.fetcher) void this.load(key, entry.fetcher);
    }
  }

  private update(entry: Entry, next: Partial<QueryState<unknown>>): void {
    entry.state = { ...entry.state, ...next };
    for (const listener of [...entry.listeners]) listener();
  }

  private entry(key: string): Entry {
    const known = this.entries.get(key);
    // Oldest first: a key that is used again moves to the end.
    if (known) this.entries.delete(key);
    const entry = known ?? { state: empty, listeners: new Set() };
    this.entries.set(key, entry);
    if (this.entries.size > this.capacity) {
      for (const [old, { listeners, request }] of this.entries) {
        if (listeners.size > 0 || request || old === key) continue;
        this.entries.delete(old);
        break;
      }
    }
    return entry;
  }
}

export const queries = new QueryCache();
