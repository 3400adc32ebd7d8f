import assert from "node:assert/strict";
import { test } from "node:test";
import {
  candidateDraft, candidateOf, effects, recommenderDraft, recommenderFaults, recommenderOf, recommenderWords,
} from "../../src/admin/recommender/recommenderDraft";
import type { RecommenderDocument } from "../../src/api/adminEdits";

const settings: RecommenderDocument = {
  candidates: ["als", { name: "hybrid", parameters: { "part0.weight": 0.5, "part1.weight": 2 } }],
  ranking: { list_length: 20, diversity: 0.7, exploration: 0.2, min_price: 1.5, max_price: null, excluded_products: ["gift"], excluded_categories: [] },
  evaluation: { interval_seconds: 86_400, growth: 0.1, max_users: 20_000, min_users: 50 },
};
const draft = recommenderDraft({ settings });
const faultsOf = (part: Partial<typeof draft>) => Object.keys(recommenderFaults({ ...draft, ...part }));

test("settings come out of the form as they went in, with what it does not show", () => {
  const stored = { ...settings, later: 1, ranking: { ...settings.ranking, seed: 7 } };
  assert.deepEqual(recommenderOf(draft, stored), stored);
  assert.deepEqual(faultsOf({}), []);
});

test("a price that is emptied is no bound any more", () => {
  assert.equal(recommenderOf({ ...draft, minPrice: " " }, settings).ranking.min_price, null);
});

test("options of a model are written as name = number", () => {
  const [, hybrid = "als"] = settings.candidates;
  assert.deepEqual(candidateOf(candidateDraft(hybrid)), hybrid);
  assert.equal(candidateOf({ name: "als", options: " " }), "als");
  for (const options of ["weight", "weight = ", "weight = x", "= 1", "a b = 1"]) {
    assert.deepEqual(faultsOf({ candidates: [{ name: "als", options }] }), ["/candidates/0"], options);
  }
});

test("numbers out of range are their field's fault", () => {
  assert.deepEqual(faultsOf({ listLength: "1.5", diversity: "1.01", exploration: "0.51", minPrice: "-1" }), [
    "/ranking/list_length", "/ranking/diversity", "/ranking/exploration", "/ranking/min_price",
  ]);
  assert.deepEqual(faultsOf({ minPrice: "5", maxPrice: "2" }), ["/ranking/max_price"]);
  assert.deepEqual(faultsOf({ candidates: [], maxUsers: "0", growth: "" }), ["/candidates", "/evaluation/growth", "/evaluation/max_users"]);
});

test("what takes effect when follows from what changed", () => {
  const ranking = (part: Partial<RecommenderDocument["ranking"]>) => ({ ...settings, ranking: { ...settings.ranking, ...part } });
  assert.match(effects(settings, ranking({ max_price: 9 })).join(), /^Prices .* next request/);
  assert.match(effects(settings, ranking({ diversity: 1 })).join(), /next full run\.$/);
  assert.match(effects(settings, { ...settings, candidates: ["als"] }).join(), /judges the models again/);
  const { max_price: _, ...without } = settings.ranking;
  assert.deepEqual(effects(settings, { ...settings, ranking: without }), []);
});

test("the fields have words for whoever compares two versions", () => {
  assert.deepEqual(recommenderWords(draft).slice(0, 2), [["Models", "als, hybrid (part0.weight = 0.5, part1.weight = 2)"], ["List length", "20"]]);
});
