import assert from "node:assert/strict";
import { test } from "node:test";
import { costSentence, runsAsCsv, runsSentence } from "../../src/admin/costs/costFigures";
import { linesOf, plain, priceDraft, priceFaults, pricesOf } from "../../src/admin/costs/priceDraft";
import { dataSentence, share, size } from "../../src/admin/data/dataFigures";
import { cost, quantity } from "../../src/admin/parts/costWords";
import { csv } from "../../src/admin/parts/download";
import type { Costs, DataSummary, Prices, RunCost } from "../../src/api/types";

const run = (job_id: string, total: number | null): RunCost => ({
  job_id, variant: "default", started_at: "2026-03-01T10:00:00Z", completed_at: null, users: 1, lists: 2, per_thousand_lists: total,
  cost: total === null ? null : {
    total, currency: "USD", memory: total, executions: 0, database: 0, blobs: 0,
    used: { seconds: 1, gb_seconds: 2, memory_is_assumed: false, executions: 1, database_seconds: 0.5, blob_reads: 3, blob_writes: 4 },
  },
});
const costs: Costs = {
  now: "2026-03-02T00:00:00Z", counted_from: "2026-03-01T00:00:00Z", currency: "USD", prices_version: 0, instance_gb: 2, instance_is_assumed: true,
  so_far: 0.53, at_rate: 20, rate_hours: 24, per_thousand_lists: null, runs: [],
  used: { job_gb_seconds: 1, serving_gb_seconds: 2, executions: 3, lists_served: 0, database_seconds: 0, blob_reads: 0, blob_writes: 0 },
  parts: [
    { key: "logs", unit: "GB a month", measured: false, quantity_so_far: 1, quantity_at_rate: 1, so_far: 0, at_rate: 4 },
    { key: "database", unit: "server", measured: false, quantity_so_far: 1, quantity_at_rate: 1, so_far: 0.5, at_rate: 16 },
  ],
};

test("small amounts are said in cents, smaller ones as a bound", () => {
  assert.deepEqual([0, 12.409, 0.1, 0.0312, 0.000123, 1e-9].map((amount) => cost(amount, "USD")),
    ["US$0.00", "US$12.41", "US$0.10", "3.1 cents", "0.012 cents", "under 0.001 cents"]);
  assert.equal(cost(0.03, "JPY"), "0.030 JPY");
  assert.deepEqual([12_345.6, 1.23456, 0].map(quantity), ["12,346", "1.23", "0"]);
});

test("a month is a sentence with its largest part", () => {
  assert.equal(costSentence(costs), "A month like the last day costs US$20.00, 80 % of it for database: the server; this month has cost US$0.53 so far.");
  assert.equal(costSentence({ ...costs, at_rate: 0, so_far: 0, parts: [] }), "A month like the last day costs US$0.00; this month has cost US$0.00 so far.");
});

test("runs are told of from none to many", () => {
  assert.equal(runsSentence([run("job-1", null)], "USD"), "No full run has been measured yet.");
  assert.equal(runsSentence([run("job-1", 0.5)], "USD"), "One full run was measured: US$0.50.");
  assert.equal(runsSentence([run("job-3", 3), run("job-2", 1), run("job-1", 2)], "USD"),
    "3 full runs were measured: half of them cost US$2.00 or less, the dearest US$3.00.");
  const lines = runsAsCsv([run("job-2", 1), run("job-1", null)], "USD").split("\r\n");
  assert.match(lines[0] ?? "", /^job_id,started_at,.*total_USD/);
  assert.match(lines[2] ?? "", /^job-1,2026-03-01T10:00:00Z,1,2,,,,/);
});

test("fields of a file are quoted where they must be, and no text is a formula", () => {
  assert.equal(csv([["a,b", 'say "hi"', null, -1, "=1+1"]]), '"a,b","say ""hi""",,-1,\'=1+1\r\n');
});

const prices: Prices = {
  version: 0, updated_at: null, settings: {}, currency: "USD", region: "East US", date: "2026-08-21",
  prices: [{ key: "gb-second", name: "Memory", unit: "GB-second", price: 0.000026, default: 0.000026, source: "a guide" }],
  sizes: [{ key: "log-gb", name: "Logs", unit: "GB", size: 2, default: 1 }],
};

test("prices are typed as people write them and stored as numbers", () => {
  const draft = priceDraft(prices);
  assert.deepEqual(draft, { "prices/gb-second": "0.000026", "sizes/log-gb": "2" });
  assert.deepEqual(pricesOf(draft), { prices: { "gb-second": 0.000026 }, sizes: { "log-gb": 2 } });
  assert.deepEqual(priceFaults(draft), {});
  assert.deepEqual(Object.keys(priceFaults({ "prices/gb-second": "", "sizes/log-gb": "-1" })), ["/prices/gb-second", "/sizes/log-gb"]);
  assert.deepEqual([0, 1e-7, 0.4, 100_000].map(plain), ["0", "0.0000001", "0.4", "100000"]);
  assert.equal(linesOf(prices).sizes[0]?.byDefault, 1);
});

const data: DataSummary = {
  created_at: "2026-03-01T00:00:00Z", data_cut: 1, products: 3, active_products: 2, users: 5, active_users: 4, interactions: 1_200, by_type: {}, sparsity: 0.99769,
  first_event: null, last_event: null, events_per_user: { p10: 0, p50: 0, p90: 0, p99: 0, maximum: 0 }, events_per_product: { p10: 0, p50: 0, p90: 0, p99: 0, maximum: 0 },
  category_balance: 1, category_count: 0, categories: [], weeks: [], warnings: [],
};

test("the data are a sentence", () => {
  assert.equal(dataSentence(data), "1,200 events of 4 customers with 2 products: 0.231 % of all pairs have met; nothing is noticeable.");
  assert.match(dataSentence({ ...data, warnings: [{ kind: "gap", count: 1, examples: [] }] }), /one thing should be looked at\.$/);
  assert.equal(dataSentence({ ...data, interactions: 0 }), "There are no events yet.");
  assert.deepEqual([share(0), share(0.000042)], ["0 %", "0.0042 %"]);
  assert.deepEqual([0, 999, 1_000, 4_200_000].map(size), ["0 bytes", "999 bytes", "1 kB", "4.2 MB"]);
});
