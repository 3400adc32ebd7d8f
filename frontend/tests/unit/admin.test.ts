import assert from "node:assert/strict";
import { test } from "node:test";
import type { Readiness } from "../../src/api/admin";
import type { BatchJob, BatchStatus, LogLine } from "../../src/api/types";
import { asText, matching } from "../../src/admin/jobs/Log";
import { concernsOf } from "../../src/admin/overview/concerns";
import { figuresOf, secondsOf, stagesOf } from "../../src/admin/parts/jobFigures";
import { pause } from "../../src/admin/parts/usePolled";
import { duration, moment, until } from "../../src/admin/parts/words";

const job: BatchJob = {
  job_id: "job-000007", job_type: "full", variant: "default", trigger: "timer", status: "completed", stage: "completed", progress: 100, eta_seconds: null,
  requested_at: "2026-03-01T10:00:00Z", started_at: "2026-03-01T10:00:00Z", completed_at: "2026-03-01T10:00:08Z", error_message: null,
  metrics: { users: 3, seconds: { generate: 2, cut: 0.5, load: 1.25, novel: 1 } }, data_cut: 9, model_version: "m", generation: 4,
  attempts: 1, lease_until: null, cost: null,
};
const status: BatchStatus = {
  state: "idle", running: null, pending: null, last_completed: job, last_failed: null, live: { generation: 4, model_version: "m" },
  schedule: {
    interval_seconds: 21_600, active_interval_seconds: 60, off_peak: null, adaptive: false, enabled: true, due: false, reason: "later",
    next_run_at: "2026-03-01T16:00:00Z",
  },
  ticks: { GenerateRecommendations: null, RefreshActiveUsers: null },
};
const ready: Readiness = { status: "ready", build: "1", checks: [{ name: "database", status: "ok", reason: undefined }] };
const concerns = (change: Partial<BatchStatus>, readiness = ready) =>
  concernsOf({ status: { ...status, ...change }, readiness, lastHour: undefined, budgets: undefined }).map(({ text }) => text);

test("nothing needs a person while runs succeed and checks pass", () => {
  assert.deepEqual(concerns({}), []);
});

test("a failure counts until a later run has completed", () => {
  const failed: BatchJob = { ...job, job_id: "job-000008", status: "failed", error_message: "disk full" };
  assert.match(concerns({ last_failed: { ...failed, completed_at: "2026-03-01T11:00:00Z" } })[0] ?? "", /disk full/);
  assert.deepEqual(concerns({ last_failed: { ...failed, completed_at: "2026-03-01T09:00:00Z" } }), []);
});

test("a shop without lists asks for a run, unless one is on its way", () => {
  const without = { live: { generation: null, model_version: null }, last_completed: null };
  const noModel: Readiness = { ...ready, checks: [{ name: "model", status: "degraded", reason: "no batch has completed yet" }] };
  assert.deepEqual(concerns(without, noModel), ["No customer has a list yet."]);
  assert.deepEqual(concerns({ ...without, state: "running", running: job }, noModel), []);
});

test("a check that fails is named with its reason", () => {
  const broken: Readiness = { ...ready, status: "failed", checks: [{ name: "database", status: "failed", reason: "2 migrations are pending" }] };
  assert.deepEqual(concerns({}, broken), ["The database: 2 migrations are pending."]);
});

test("errors of the hour count from one in a hundred", () => {
  const hour = (errors: number) => ({
    start: "2026-03-01T10:00:00Z", requests: 200, errors, p50_ms: 1, p95_ms: 2, p99_ms: 3, sources: {}, hit_rate: null,
  });
  assert.equal(concernsOf({ status, readiness: ready, lastHour: hour(2), budgets: undefined }).length, 0);
  assert.equal(concernsOf({ status, readiness: ready, lastHour: hour(3), budgets: undefined }).length, 1);
});

test("stages are in the order of a run, unknown ones last, and their sum is what a job took", () => {
  assert.deepEqual(figuresOf(job).stages.map(({ name }) => name), ["cut", "load", "generate", "novel"]);
  assert.equal(secondsOf(job), 4.75);
  assert.equal(secondsOf({ ...job, status: "running", completed_at: null }, new Date("2026-03-01T10:01:30Z")), 90);
  assert.equal(secondsOf({ ...job, started_at: null }), undefined);
  assert.equal(figuresOf({ ...job, metrics: { users: "many" } }).users, undefined);
});

test("a run's stages have their places before they are measured", () => {
  const names = (given: BatchJob) => stagesOf(given).map(({ name }) => name);
  assert.deepEqual(names({ ...job, metrics: {} }), names({ ...job, metrics: { seconds: { load: 1, cut: 2 } } }));
  assert.deepEqual(stagesOf({ ...job, job_type: "incremental" }), [
    { name: "load", seconds: 1.25 }, { name: "generate", seconds: 2 }, { name: "cut", seconds: 0.5 }, { name: "novel", seconds: 1 },
  ]);
});

test("durations and times are said in words", () => {
  assert.deepEqual([0.02, 1.25, 38, 252, 3_600, 7_500].map(duration), ["under 0.1 s", "1.3 s", "38 s", "4 min 12 s", "1 h", "2 h 5 min"]);
  const now = new Date("2026-03-01T10:00:00Z");
  assert.equal(until("2026-03-01T09:00:00Z", now), "now");
  assert.equal(until("2026-03-01T10:05:00Z", now), "in 5 minutes");
  assert.equal(until("2026-03-01T16:00:00Z", now), "in 6 hours");
  assert.match(moment("2026-02-27T10:00:00Z", now), /27 Feb/);
  assert.doesNotMatch(moment("2026-03-01T10:00:00Z", now), /Mar/);
});

test("the log is filtered by level and words, and downloaded as the API writes it", () => {
  const line = (id: number, level: LogLine["level"], message: string): LogLine => ({ id, job_id: "j", logged_at: "2026-03-01T10:00:00Z", level, message });
  const lines = [line(1, "debug", "a"), line(2, "info", "Chunk 1"), line(3, "error", "chunk 2 failed")];
  assert.deepEqual(matching(lines, "info", "").map(({ id }) => id), [2, 3]);
  assert.deepEqual(matching(lines, "debug", " CHUNK ").map(({ id }) => id), [2, 3]);
  assert.deepEqual(matching(lines, "warning", "1"), []);
  assert.equal(asText(lines.slice(2)), "2026-03-01T10:00:00Z error chunk 2 failed\n");
});

test("polling slows down with each failure, to once a minute", () => {
  assert.deepEqual([0, 1, 3, 10].map((failures) => pause(1_500, failures)), [1_500, 3_000, 12_000, 60_000]);
});
