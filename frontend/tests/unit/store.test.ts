import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeStorage } from "./fakeStorage";

const storage = fakeStorage();
Object.assign(globalThis, { localStorage: storage });
const { create } = await import("../../src/lib/store");

interface Counter {
  count: number;
  label: string;
  add(by: number): void;
}

function counter() {
  return create<Counter, number>((set) => ({ count: 0, label: "a", add: (by) => set(({ count }) => ({ count: count + by })) }), {
    name: "counter",
    version: 2,
    pick: ({ count }) => count,
    restore: (saved) => (typeof saved === "number" ? { count: saved } : undefined),
  });
}

test("an action changes the state and tells every listener once", () => {
  storage.clear();
  const store = counter();
  let calls = 0;
  const stop = store.subscribe(() => (calls += 1));
  store.getState().add(2);
  assert.equal(store.getState().count, 2);
  assert.equal(calls, 1);
  stop();
  store.getState().add(1);
  assert.equal(calls, 1);
});

test("what is picked survives a new start, the rest does not", () => {
  storage.clear();
  const first = counter();
  first.setState({ label: "b" });
  first.getState().add(3);
  const second = counter();
  assert.equal(second.getState().count, 3);
  assert.equal(second.getState().label, "a");
});

test("a change starts from what another tab has stored since", () => {
  storage.clear();
  const [mine, other] = [counter(), counter()];
  other.getState().add(5);
  mine.getState().add(1);
  assert.equal(mine.getState().count, 6);
});

test("another version and a broken entry count as nothing", () => {
  for (const text of ['{"version":1,"state":9}', '{"version":2,"state":"nine"}', "{", "null"]) {
    storage.setItem("counter", text);
    assert.equal(counter().getState().count, 0, text);
  }
});

test("a storage that is full keeps the state in memory", () => {
  storage.clear();
  storage.isFull = true;
  const store = counter();
  store.getState().add(4);
  storage.isFull = false;
  assert.equal(store.getState().count, 4);
});
