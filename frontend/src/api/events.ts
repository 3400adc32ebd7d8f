// What customers see and do, on its way to the API: kept in localStorage, sent in batches, repeated until it arrived. The API
// counts an event_id once, so sending twice is safe and losing is not. A failure never shows on a page.
import { newId } from "../lib/ids";
import { ApiError, apiUrl } from "./client";
import { recordInteractions } from "./endpoints";
import { firstTime, useSession, visitId } from "./session";
import type { NewInteraction } from "./types";

type Shelf = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

interface Surroundings {
  storage: Shelf;
  send(events: readonly NewInteraction[]): Promise<unknown>;
  /** Returns false when the browser does not take it. */
  beacon(events: readonly NewInteraction[]): boolean;
  later(run: () => void, milliseconds: number): void;
}

/** One entry of the storage an event, so that tabs never overwrite each other's. */
const prefix = "shop.event.";
const batchSize = 100;
/** A browser that was offline for long drops the oldest. */
const capacity = 500;
const pause = { usual: 3_000, first: 5_000, longest: 300_000 };

export class EventQueue {
  private isScheduled = false;
  private isSending = false;
  private failures = 0;
  private added = 0;

  constructor(private readonly around: Surroundings) {}

  add(event: NewInteraction): void {
    try {
      const keys = this.keys();
      for (const key of keys.slice(0, Math.max(0, keys.length - capacity + 1))) this.around.storage.removeItem(key);
      this.added += 1;
      const order = `${Date.now()}.${String(this.added).padStart(6, "0")}`;
      this.around.storage.setItem(`${prefix}${order}.${event.event_id}`, JSON.stringify(event));
    } catch {
      // A full storage: this event is not counted.
      return;
    }
    this.schedule(pause.usual);
  }

  /** Sends what waits; resolves when the attempt is over. */
  async flush(): Promise<void> {
    if (this.isSending) return;
    const waiting = this.waiting().slice(0, batchSize);
    if (waiting.length === 0) return;
    this.isSending = true;
    try {
      await this.around.send(waiting.map(({ event }) => event));
      this.remove(waiting.map(({ key }) => key));
      this.failures = 0;
      if (this.waiting().length > 0) this.schedule(pause.usual);
    } catch (error) {
      this.failed(error, waiting.map(({ key }) => key));
    } finally {
      this.isSending = false;
    }
  }

  /** The page goes away: the browser sends in its own time. The events stay until an ordinary answer has confirmed them. */
  leave(): void {
    const waiting = this.waiting().slice(0, batchSize);
    if (waiting.length > 0) this.around.beacon(waiting.map(({ event }) => event));
  }

  private failed(error: unknown, keys: readonly string[]): void {
    if (!(error instanceof ApiError) || error.isTransient) {
      this.failures += 1;
      this.schedule(Math.min(pause.first * 2 ** (this.failures - 1), pause.longest));
      return;
    }
    // Nothing was stored. The events at fault leave, the others go again; without a name all of them leave.
    const named = error.faults.flatMap(({ pointer }) => pointer?.match(/^#\/(\d+)/)?.[1] ?? []).map(Number);
    const guilty = [...new Set(named)].flatMap((index) => keys[index] ?? []);
    this.remove(guilty.length > 0 ? guilty : keys);
    if (this.waiting().length > 0) this.schedule(pause.usual);
  }

  private schedule(milliseconds: number): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    this.around.later(() => {
      this.isScheduled = false;
      void this.flush();
    }, milliseconds);
  }

  private keys(): string[] {
    const { storage } = this.around;
    const keys: string[] = [];
    for (let index = 0; index < storage.length; index += 1) {
      const key = storage.key(index);
      if (key?.startsWith(prefix)) keys.push(key);
    }
    // By the time and the order in which they were added.
    return keys.sort();
  }

  private waiting(): { key: string; event: NewInteraction }[] {
    return this.keys().flatMap((key) => {
      try {
        return [{ key, event: JSON.parse(this.around.storage.getItem(key) ?? "") as NewInteraction }];
      } catch {
        this.around.storage.removeItem(key);
        return [];
      }
    });
  }

  private remove(keys: readonly string[]): void {
    for (const key of keys) this.around.storage.removeItem(key);
  }
}

let queue: EventQueue | undefined;

/** Starts the queue of this tab; what earlier visits left is sent first. */
export function startEvents(): void {
  try {
    queue = new EventQueue({
      storage: localStorage,
      send: recordInteractions,
      beacon: (events) =>
        navigator.sendBeacon(apiUrl("/interactions"), new Blob([JSON.stringify(events)], { type: "application/json" })),
      later: (run, milliseconds) => void setTimeout(run, milliseconds),
    });
  } catch {
    // A browser without storage is not counted.
    return;
  }
  const { flush, leave } = { flush: () => void queue?.flush(), leave: () => queue?.leave() };
  document.addEventListener("visibilitychange", () => (document.visibilityState === "hidden" ? leave() : flush()));
  window.addEventListener("pagehide", leave);
  window.addEventListener("online", flush);
  setTimeout(flush, 1_000);
}

type Details = Omit<NewInteraction, "event_id" | "user_id" | "session_id" | "timestamp">;

/** An event of the signed-in customer, complete. */
export function makeEvent(userId: string, details: Details): NewInteraction {
  const common = { user_id: userId, session_id: visitId(), timestamp: new Date().toISOString() };
  return { event_id: newId("e"), ...common, ...details };
}

/** Counts what the customer did; visitors who have not signed in are not counted. */
export function track(details: Details): void {
  const { userId } = useSession.getState();
  if (userId !== undefined) queue?.add(makeEvent(userId, details));
}

/** Counts it once in this visit, however often the page is shown. */
export function trackOnce(key: string, details: Details): void {
  if (useSession.getState().userId !== undefined && firstTime(key)) track(details);
}
