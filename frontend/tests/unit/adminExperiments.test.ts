import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyDraft, experimentOf, faultsOf, liftWords, placeOn, reach, valueWords } from "../../src/admin/experiments/experimentWords";

test("a draft without faults becomes what the API takes; the variant keeps the shop's rules but for its diversity", () => {
  const draft = { ...emptyDraft, name: " Neighbours ", share: "20", diversity: "0,5" };
  assert.deepEqual(faultsOf(draft), {});
  const { variants, ...rest } = experimentOf(draft, { diversity: 0.7, list_length: 12 }, 900);
  assert.deepEqual(rest, { name: "Neighbours", kind: "ab", metric: "click_through", window_days: 7, planned_users: 900 });
  assert.deepEqual(variants, [
    { name: "control", share: 0.8 },
    { name: "variant", share: 0.2, configuration: { candidates: ["item_knn"], ranking: { diversity: 0.5, list_length: 12 } } },
  ]);
});

test("interleaving knows no shares", () => {
  const { variants } = experimentOf({ ...emptyDraft, name: "x", kind: "interleaving", share: "20" }, {}, null);
  assert.deepEqual(variants.map(({ share }) => share), [0.5, 0.5]);
});

test("each field says what would be right", () => {
  const faults = faultsOf({ ...emptyDraft, lift: "0", windowDays: "1.5", share: "99", diversity: "two" });
  assert.deepEqual(Object.keys(faults).sort(), ["diversity", "lift", "name", "share", "windowDays"]);
});

test("figures are read as their metric is", () => {
  assert.equal(valueWords("revenue", 12.345), "12.35");
  assert.equal(valueWords("conversion", 0.0412), "4.1 %");
  assert.equal(valueWords("conversion", null), "–");
  assert.equal(liftWords(-0.08), "−8 %");
  assert.equal(liftWords(0.12), "+12 %");
});

test("a line holds every interval, the same to both sides, and what is far outside stands at its end", () => {
  const interval = (lower: number, upper: number) => ({ estimate: 0, lower, upper });
  const metric = (lift: { estimate: number; lower: number; upper: number } | null) =>
    ({ metric: "revenue" as const, values: [1, 1], lift, verdict: "undecided" as const, words: "" });
  assert.equal(reach({ metrics: [metric(interval(-0.3, 0.2)), metric(null)], margin: null }), 0.3);
  assert.equal(reach({ metrics: [metric(interval(-0.01, 0.02))], margin: null }), 0.1);
  assert.equal(reach({ metrics: [metric(interval(-0.9, 40))], margin: null }), 2);
  assert.equal(placeOn(0, -0.5, 0.5), 50);
  assert.equal(placeOn(9, -0.5, 0.5), 100);
});
