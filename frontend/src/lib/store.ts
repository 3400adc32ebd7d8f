// State outside React, shaped like Zustand's `create`: a hook that is also the store. frontend/README.md says why it is ours.
import { useSyncExternalStore } from "react";

type Update<T> = Partial<T> | ((state: T) => Partial<T>);

export interface Store<T> {
  /** The whole state, or what `select` takes from it; `select` must return the same reference for the same state. */
  (): T;
  <S>(select: (state: T) => S): S;
  getState(): T;
  setState(update: Update<T>): void;
  subscribe(listener: () => void): () => void;
}

/** What of a state survives a reload. All tabs share it. */
export interface Persistence<T, Saved> {
  /** The key in localStorage. */
  name: string;
  /** Saved state of another version is dropped. */
  version: number;
  pick(state: T): Saved;
  /** Checks what was read: anybody can write to localStorage. Undefined leaves the initial state. */
  restore(saved: unknown): Partial<T> | undefined;
}

export function create<T extends object, Saved = unknown>(
  make: (set: (update: Update<T>) => void, get: () => T) => T,
  persistence?: Persistence<T, Saved>,
): Store<T> {
  const listeners = new Set<() => void>();
  let state: T;
  const change = (next: Partial<T>) => {
    state = { ...state, ...next };
    for (const listener of [...listeners]) listener();
  };
  const set = (update: Update<T>) => {
    // Another tab may have written since: a change starts from what all tabs share.
    const saved = persistence && read(persistence);
    if (saved) state = { ...state, ...saved };
    change(typeof update === "function" ? update(state) : update);
    if (persistence) write(persistence, state);
  };
  const get = () => state;
  state = make(set, get);
  if (persistence) {
    state = { ...state, ...read(persistence) };
    globalThis.addEventListener?.("storage", (event: StorageEvent) => {
      if (event.key === persistence.name) change(read(persistence) ?? {});
    });
  }
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  const useStore = <S,>(select: (state: T) => S | T = (whole) => whole) =>
    useSyncExternalStore(subscribe, () => select(state), () => select(state));
  return Object.assign(useStore, { getState: get, setState: set, subscribe }) as Store<T>;
}

function read<T, Saved>({ name, version, restore }: Persistence<T, Saved>): Partial<T> | undefined {
  try {
    const text = globalThis.localStorage?.getItem(name);
    if (!text) return undefined;
    const saved = JSON.parse(text) as { version?: unknown; state?: unknown };
    return saved.version === version ? restore(saved.state) : undefined;
  } catch {
    // Closed storage or somebody else's text: as if nothing had been saved.
    return undefined;
  }
}

function write<T, Saved>({ name, version, pick }: Persistence<T, Saved>, state: T): void {
  try {
    globalThis.localStorage?.setItem(name, JSON.stringify({ version, state: pick(state) }));
  } catch {
    // A full or closed storage: the state lives until the reload.
  }
}
