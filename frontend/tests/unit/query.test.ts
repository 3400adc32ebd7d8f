import assert from "node:assert/strict";
import { test } from "node:test";
import { QueryCache } from "../../src/lib/query";

/** A request that the test answers. */
function request<T>() {
  let answer: (value: T) => void = () => {};
  let fail: (error: unknown) => void = () => {};
  let calls = 0;
  const signals: AbortSignal[] = [];
  const fetcher = (signal: AbortSignal) => {
    calls += 1;
    signals.push(signal);
    return new Promise<T>((resolve, reject) => {
      [answer, fail] = [resolve, reject];
      signal.addEventListener("abort", () => reject(new Error("aborted")));
    });
  };
  return { fetcher, answer: (value: T) => answer(value), fail: (error: unknown) => fail(error), signals, calls: () => calls };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 1));

test("equal requests at the same time are sent once", async () => {
  const cache = new QueryCache();
  const { fetcher, answer, calls } = request<number>();
  const both = [cache.load("a", fetcher), cache.load("a", fetcher)];
  answer(7);
  await Promise.all(both);
  assert.equal(calls(), 1);
  assert.equal(cache.state("a").data, 7);
});

test("a young answer is not asked for again, an old one is, and stays visible meanwhile", async () => {
  let now = 1_000;
  const cache = new QueryCache(10, () => now);
  const { fetcher, answer, calls } = request<string>();
  const first = cache.load("a", fetcher, 500);
  answer("old");
  await first;
  now += 499;
  await cache.load("a", fetcher, 500);
  assert.equal(calls(), 1);
  now += 1;
  const again = cache.load("a", fetcher, 500);
  assert.equal(cache.state("a").data, "old");
  assert.equal(cache.state("a").isFetching, true);
  answer("new");
  await again;
  assert.equal(cache.state("a").data, "new");
});

test("a failure keeps the data before it, and a success clears the failure", async () => {
  const cache = new QueryCache();
  const { fetcher, answer, fail } = request<string>();
  let loading = cache.load("a", fetcher);
  answer("data");
  await loading;
  loading = cache.load("a", fetcher);
  fail(new Error("down"));
  await loading;
  assert.equal(cache.state("a").data, "data");
  assert.match(String(cache.state("a").error), /down/);
  loading = cache.load("a", fetcher);
  answer("data again");
  await loading;
  assert.equal(cache.state("a").error, undefined);
});

test("a request that nobody waits for any more is aborted; one with a new reader is not", async () => {
  const cache = new QueryCache();
  const [left, kept] = [request<number>(), request<number>()];
  const leave = cache.subscribe("left", () => {});
  void cache.load("left", left.fetcher);
  leave();
  const turnPage = cache.subscribe("kept", () => {});
  void cache.load("kept", kept.fetcher);
  turnPage();
  cache.subscribe("kept", () => {});
  await turn();
  assert.equal(left.signals[0]?.aborted, true);
  assert.equal(kept.signals[0]?.aborted, false);
  assert.equal(cache.state("left").error, undefined, "an aborted request is no failure");
});

test("data put in place is not undone by a request that was under way", async () => {
  const cache = new QueryCache();
  const { fetcher, answer } = request<string>();
  const loading = cache.load("a", fetcher);
  cache.set<string>("a", () => "mine");
  answer("theirs");
  await loading;
  assert.equal(cache.state("a").data, "mine");
});

test("invalidating reads again what is on screen, and only that", async () => {
  const cache = new QueryCache();
  const [shown, other] = [request<number>(), request<number>()];
  for (const [key, { fetcher, answer }] of [["list/a", shown], ["list/b", other]] as const) {
    const loading = cache.load(key, fetcher);
    answer(1);
    await loading;
  }
  cache.subscribe("list/a", () => {});
  cache.invalidate("list/");
  assert.equal(shown.calls(), 2);
  assert.equal(other.calls(), 1);
  assert.equal(cache.state("list/b").updatedAt, 0);
});

test("what was forgotten is not shown any more", async () => {
  const cache = new QueryCache();
  const { fetcher, answer } = request<number>();
  const loading = cache.load("a", fetcher);
  answer(1);
  await loading;
  cache.forget("a");
  assert.equal(cache.state("a").data, undefined);
});

test("beyond its capacity the cache drops what was used longest ago and is not on screen", async () => {
  const cache = new QueryCache(2);
  cache.subscribe("watched", () => {});
  for (const key of ["watched", "old", "new"]) cache.set<string>(key, () => key);
  assert.equal(cache.state("watched").data, "watched");
  assert.equal(cache.state("old").data, undefined);
  assert.equal(cache.state("new").data, "new");
});

test("what failed is read again when the network is back", async () => {
  const cache = new QueryCache();
  const { fetcher, fail, calls } = request<number>();
  cache.subscribe("a", () => {});
  const loading = cache.load("a", fetcher);
  fail(new Error("offline"));
  await loading;
  cache.retryFailed();
  assert.equal(calls(), 2);
});
