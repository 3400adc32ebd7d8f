import assert from "node:assert/strict";
import { test } from "node:test";
import type { ErrorBudget, Model, ModelEvaluation, PreviewMove, RecommenderPreview } from "../../src/api/types";
import { estimateSentence } from "../../src/admin/experiments/experimentWords";
import { comparisonSentence } from "../../src/admin/models/CompareGenerations";
import { comparedModels, modelNames, seriesOf } from "../../src/admin/models/evaluations";
import { burnWords, strainOf, usedWords } from "../../src/admin/overview/budgetWords";
import { concernsOf } from "../../src/admin/overview/concerns";
import { arrivalWords, figureRows, idsOf, previewSentence } from "../../src/admin/recommender/previewWords";

const figures = { products: 40, coverage: 0.125, diversity: 0.8, explored_share: 0.2 };
const preview = (part: Partial<RecommenderPreview>): RecommenderPreview => ({
  generation: 1, model_version: "m", algorithm: "ease", customers: [], changed: 0, mean_overlap: 1, before: figures, after: { ...figures, diversity: null },
  complete: true, notes: [], ...part,
});
const customer = { user_id: "U-1", activity: "heavy" as const, history: 3, before: [], after: [], moves: [] };

test("a preview says how many lists change and how much of them stays, and of how many there was time for", () => {
  assert.equal(previewSentence(preview({ customers: [customer, customer] })), "No list changes, of 2 customers.");
  assert.equal(previewSentence(preview({ customers: [customer, customer], changed: 1, mean_overlap: 0.75 })), "1 list changes, of 2 customers; on average a list keeps 75 % of its products.");
  assert.match(previewSentence(preview({ customers: [customer], changed: 1, complete: false })), /^The list changes, of the 1 customer there was time for/);
});

test("a product that moved says from where and why; one that leaves says so", () => {
  const move = (before: number | null, after: number | null): PreviewMove => ({ product_id: "P", name: "Cup", before, after, cause: "diversity", words: "why" });
  assert.deepEqual([move(5, 2), move(2, 5), move(null, 1), move(3, null)].map(arrivalWords), ["up from 5: why", "down from 2: why", "new: why", "leaves: why"]);
  assert.deepEqual(figureRows(preview({}))[2], ["How unlike the products of a list are", "0.800", "–"]);
  assert.deepEqual(idsOf(" U-1, U-2;U-1\nU-3 "), ["U-1", "U-2", "U-3"]);
});

const budget = (part: Partial<ErrorBudget>): ErrorBudget => ({ target: 0.99, requests: 1_000, bad: 3, allowed: 10, used: 0.3, burn_rate: 0.5, ...part });

test("a budget strains when it is used up or burns fast, and needs a person only then", () => {
  assert.deepEqual([budget({}), budget({ used: 1 }), budget({ burn_rate: 20 }), budget({ used: null, burn_rate: null })].map(strainOf), ["none", "used", "burning", "none"]);
  assert.equal(usedWords(budget({})), "3 of 1,000; 10 may");
  assert.equal(usedWords(budget({ used: null })), "nobody asked for a list");
  assert.equal(burnWords(budget({ burn_rate: 20.4 })), "last hour: 20 times as fast as the window allows");
  const concerns = (availability: ErrorBudget) => concernsOf({
    status: undefined, readiness: undefined, lastHour: undefined,
    budgets: { since: "", as_of: "", window_days: 7, latency_ms: 300, availability, latency: budget({}) },
  }).map(({ text }) => text);
  assert.deepEqual(concerns(budget({})), []);
  assert.deepEqual(concerns(budget({ used: 2 })), ["Fewer than 99 % of the lists of 7 days came without an error: the error budget is used up."]);
});

const evaluation = (job: string, chosen: string, scores: Record<string, number | null>): ModelEvaluation => ({
  job_id: job, judged_at: "2026-03-01T10:00:00Z", chosen, verdict: null, reason: null, users_judged: 70,
  models: Object.entries(scores).map(([model, mean]) => ({
    model, error: mean === null ? "too large" : null, coverage: 0.5, metrics: mean === null ? {} : { "ndcg@10": { mean, lower: mean, upper: mean } },
  })),
});

test("candidates over time: chosen ones first, the oldest run at the left, gaps where a model was not judged", () => {
  const newestFirst = [evaluation("job-2", "als", { als: 0.3, ease: 0.4, knn: null }), evaluation("job-1", "als", { als: 0.2, ease: 0.1 })];
  assert.deepEqual(modelNames(newestFirst), ["als", "ease", "knn"]);
  assert.deepEqual(seriesOf(newestFirst, "ndcg@10"), [
    { name: "als", values: [0.2, 0.3] }, { name: "ease", values: [0.1, 0.4] }, { name: "knn", values: [null, null] },
  ]);
  assert.deepEqual(seriesOf([], "ndcg@10"), []);
});

test("two models are compared by the figures that either has and the settings that differ", () => {
  const model = (metrics: object, parameters: object) => ({ metrics, parameters }) as unknown as Model;
  const { metrics, settings } = comparedModels(model({ "ndcg@10": 0.2 }, { k: 5, lambda: 1 }), model({ "ndcg@10": 0.25 }, { k: 9, lambda: 1 }));
  assert.deepEqual(metrics, [["nDCG@10", "0.200", "0.250", "+0.050"]]);
  assert.deepEqual(settings, [["k", "5", "9"]]);
});

test("two generations are compared in one sentence, with what was looked at", () => {
  const found = { customers: 100, sampling_step: 1, changed: 40, changed_products: 30, mean_overlap: 0.9 } as Parameters<typeof comparisonSentence>[0];
  assert.equal(comparisonSentence(found), "30 of 100 lists have other products, 10 the same in another order; on average 90 % of a list is in both.");
  assert.match(comparisonSentence({ ...found, changed: 0, sampling_step: 4 }), /the same in both \(one customer in 4 was looked at\)\.$/);
  assert.equal(comparisonSentence({ ...found, customers: 0 }), "No customer has a list in both.");
});

test("an estimate says more often, less often or nothing of the two, and a refusal its reason", () => {
  const estimate = (lower: number, upper: number) => estimateSentence({ status: "done", candidate: "knn", reason: null, logged: 0.05, snips: { estimate: 0.1, lower, upper } });
  assert.match(estimate(0.06, 0.1), /more often with knn/);
  assert.match(estimate(0.01, 0.04), /less often with knn/);
  assert.match(estimate(0.01, 0.1), /sees no difference/);
  assert.equal(estimateSentence({ status: "refused", candidate: "knn", reason: "too small", logged: null, snips: null }), "No estimate of knn: too small.");
});
