import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError } from "../../src/api/client";
import { EventQueue } from "../../src/api/events";
import type { NewInteraction } from "../../src/api/types";
import { fakeStorage } from "./fakeStorage";

let lastId = 0;
const event = (id = `e-${(lastId += 1)}`): NewInteraction => ({
  event_id: id, user_id: "u", product_id: "p", interaction_type: "view",
});

function setUp(send: (events: readonly NewInteraction[]) => Promise<unknown> = async () => {}) {
  const storage = fakeStorage();
  const sent: string[][] = [];
  const beacons: string[][] = [];
  const timers: { run: () => void; milliseconds: number }[] = [];
  const ids = (events: readonly NewInteraction[]) => events.map(({ event_id }) => event_id);
  const queue = new EventQueue({
    storage,
    send: (events) => {
      sent.push(ids(events));
      return send(events);
    },
    beacon: (events) => beacons.push(ids(events)) > 0,
    later: (run, milliseconds) => void timers.push({ run, milliseconds }),
  });
  return { queue, storage, sent, beacons, timers };
}

test("events wait a moment and go in one batch, the oldest first", async () => {
  const { queue, storage, sent, timers } = setUp();
  queue.add(event("a"));
  queue.add(event("b"));
  assert.equal(timers.length, 1, "one timer for both");
  assert.deepEqual(sent, []);
  await queue.flush();
  assert.deepEqual(sent, [["a", "b"]]);
  assert.equal(storage.length, 0);
});

test("without an answer events stay, also for the next start, and the pauses grow", async () => {
  const down = async () => Promise.reject(new ApiError("offline", 0, ""));
  const { queue, storage, timers } = setUp(down);
  queue.add(event("a"));
  for (let attempt = 0; attempt < 3; attempt += 1) {
    timers[timers.length - 1]?.run();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert.equal(storage.length, 1);
  const pauses = timers.slice(1).map(({ milliseconds }) => milliseconds);
  assert.deepEqual(pauses, [5_000, 10_000, 20_000]);
  const next = setUp();
  const later = new EventQueue({ storage, send: async (events) => void next.sent.push(events.map((each) => each.event_id)), beacon: () => true, later: () => {} });
  await later.flush();
  assert.deepEqual(next.sent, [["a"]]);
});

test("an event that the API refuses leaves, the others go again", async () => {
  let isFirst = true;
  const { queue, sent, storage } = setUp(async () => {
    if (!isFirst) return;
    isFirst = false;
    throw new ApiError("unprocessable", 422, "", [{ pointer: "#/1/product_id", detail: "there is no product" }]);
  });
  for (const id of ["a", "gone", "c"]) queue.add(event(id));
  await queue.flush();
  await queue.flush();
  assert.deepEqual(sent, [["a", "gone", "c"], ["a", "c"]]);
  assert.equal(storage.length, 0);
});

test("a refusal that names no event drops the batch: it would be refused for ever", async () => {
  const { queue, storage } = setUp(async () => Promise.reject(new ApiError("forbidden", 403, "")));
  queue.add(event());
  await queue.flush();
  assert.equal(storage.length, 0);
});

test("leaving the page sends by beacon and keeps the events until they are confirmed", async () => {
  const { queue, beacons, sent, storage } = setUp();
  queue.add(event("a"));
  queue.leave();
  assert.deepEqual(beacons, [["a"]]);
  assert.equal(storage.length, 1);
  await queue.flush();
  assert.deepEqual(sent, [["a"]]);
  assert.equal(storage.length, 0);
});

test("a browser that was offline for long keeps the newest five hundred events", () => {
  const { queue, storage } = setUp();
  for (let index = 0; index < 510; index += 1) queue.add(event());
  assert.equal(storage.length, 500);
});

test("two batches are never under way at once", async () => {
  let release: () => void = () => {};
  const { queue, sent } = setUp(() => new Promise<void>((resolve) => (release = resolve)));
  queue.add(event("a"));
  const first = queue.flush();
  queue.add(event("b"));
  await queue.flush();
  assert.deepEqual(sent, [["a"]]);
  release();
  await first;
});
