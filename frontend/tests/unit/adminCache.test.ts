import assert from "node:assert/strict";
import { test } from "node:test";
import { ageWords, cacheSentence, titleOf } from "../../src/admin/cache/cacheFigures";
import type { CacheStats } from "../../src/api/types";

const stats: CacheStats = {
  variant: "default", list: "discover", users: 150, coverage: 1, fresh: 150, stale: 0, missing: 0,
  ages: [3_600, 21_600, 604_800, null].map((up_to_seconds) => ({ up_to_seconds, count: 1 })),
};

test("the state of the lists is a sentence", () => {
  assert.equal(cacheSentence([stats]), "All 150 customers have a list; every one is served as it is.");
  assert.equal(
    cacheSentence([{ ...stats, list: "buy_again" }, { ...stats, fresh: 75, stale: 25, missing: 50 }]),
    "100 of 150 customers have a list; 75 % are served as they are, 25 are made anew, by the refresh or when they are asked for.",
  );
  assert.equal(cacheSentence([{ ...stats, fresh: 0, missing: 150 }]), "0 of 150 customers have a list.");
  assert.equal(cacheSentence([]), "There are no customers yet.");
});

test("ages are said from one bound to the next", () => {
  assert.deepEqual(stats.ages.map((_, index) => ageWords(stats.ages, index)), ["up to 1 h", "1 h to 6 h", "6 h to 7 days", "over 7 days"]);
});

test("lists of a variant are named by it", () => {
  assert.equal(titleOf(stats), "Recommended");
  assert.equal(titleOf({ ...stats, list: "buy_again", variant: "b" }), "Buy again, variant b");
});
