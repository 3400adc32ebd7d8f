import assert from "node:assert/strict";
import { test } from "node:test";
import { differenceWords, evaluationRows, intervalWords } from "../../src/admin/jobs/evaluationRows";
import type { JobEvaluation } from "../../src/api/admin";

const figures = (mean: number) => ({ metrics: { "ndcg@20": { mean, lower: mean - 0.04, upper: mean + 0.04 } }, lists: { "20": { catalogueCoverage: 0.5, gini: 0.8 } } });
const evaluation: JobEvaluation = {
  chosen: { name: "als" }, verdict: "als is best.", reason: "no model is live yet",
  report: {
    best: "als", cutoffs: [20, 50], split: { users_judged: 120, description: "" },
    models: [
      { model: "ease", metrics: {}, lists: {}, error: "it needs 9 GB" },
      { model: "trending", ...figures(0.2), compared_with_best: { difference: { mean: -0.28, lower: -0.3, upper: -0.2 }, p_value: 0 } },
      { model: "als", ...figures(0.48), note: "fitted on a sample" },
    ],
  },
};

test("judged models are in the order of their figures at the first cut-off, those that could not be fitted last", () => {
  const rows = evaluationRows(evaluation);
  assert.deepEqual(rows.map(({ model }) => model), ["als", "trending", "ease"]);
  assert.deepEqual([rows[0]?.isBest, rows[0]?.isChosen, rows[0]?.difference, rows[0]?.gini], [true, true, undefined, 0.8]);
  assert.equal(rows[0]?.remark, "fitted on a sample");
  assert.deepEqual([rows[2]?.ndcg, rows[2]?.remark], [undefined, "could not be fitted: it needs 9 GB"]);
});

test("a shop too small to judge has a verdict without rows", () => {
  assert.deepEqual(evaluationRows({ ...evaluation, report: null }), []);
});

test("figures are said with what chance may explain", () => {
  assert.equal(intervalWords({ mean: 0.4823, lower: 0.4423, upper: 0.5239 }), "0.482 (0.442–0.524)");
  assert.deepEqual(differenceWords({ mean: -0.0751, lower: -0.1008, upper: -0.0484 }), { text: "−0.075 (−0.101 to −0.048)", mayBeChance: false });
  assert.equal(differenceWords({ mean: -0.01, lower: -0.03, upper: 0.01 }).mayBeChance, true);
});
