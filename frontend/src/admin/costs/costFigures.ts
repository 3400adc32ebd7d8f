import type { CostPart, Costs, RunCost } from "../../api/types";
import { counted, money } from "../../lib/format";
import { cost } from "../parts/costWords";
import { csv } from "../parts/download";

export const partWords: Record<CostPart["key"], string> = {
  "functions-memory": "Functions: memory while they work",
  "functions-executions": "Functions: executions",
  "functions-ready": "Functions: instances that are always ready",
  "blob-operations": "Store: operations of jobs",
  "blob-storage": "Store: files",
  database: "Database: the server",
  "database-storage": "Database: its storage",
  logs: "Logs",
  alerts: "Alert rules",
  web: "The shop's pages",
};

/** What a month costs in a sentence, and what decides it. */
export function costSentence({ so_far, at_rate, parts, currency }: Costs): string {
  const largest = [...parts].sort((left, right) => right.at_rate - left.at_rate)[0];
  const most = largest === undefined || at_rate === 0 || largest.at_rate === 0 ? ""
    : `, ${Math.round((100 * largest.at_rate) / at_rate)} % of it for ${partWords[largest.key].replace(/^./, (letter) => letter.toLowerCase())}`;
  return `A month like the last day costs ${money(at_rate, currency)}${most}; this month has cost ${cost(so_far, currency)} so far.`;
}

/** The runs that were measured, oldest first. */
export const measured = (runs: readonly RunCost[]) => runs.flatMap((run) => (run.cost === null ? [] : [{ ...run, cost: run.cost }])).reverse();

export function runsSentence(runs: readonly RunCost[], currency: string): string {
  const totals = measured(runs).map((run) => run.cost.total).sort((left, right) => left - right);
  if (totals.length === 0) return "No full run has been measured yet.";
  const middle = totals[Math.floor((totals.length - 1) / 2)] ?? 0;
  return totals.length === 1 ? `One full run was measured: ${cost(middle, currency)}.`
    : `${counted(totals.length, "full run")} were measured: half of them cost ${cost(middle, currency)} or less, the dearest ${cost(totals[totals.length - 1] ?? 0, currency)}.`;
}

export const runsAsCsv = (runs: readonly RunCost[], currency: string) => csv([
  [
    "job_id", "started_at", "users", "lists", "seconds", "gb_seconds", "executions", "database_seconds", "blob_reads", "blob_writes",
    `memory_${currency}`, `executions_${currency}`, `database_${currency}`, `blobs_${currency}`, `total_${currency}`, `per_thousand_lists_${currency}`,
  ],
  ...runs.map(({ job_id, started_at, users, lists, cost: found, per_thousand_lists }) => [
    job_id, started_at, users, lists, found?.used.seconds ?? null, found?.used.gb_seconds ?? null, found?.used.executions ?? null, found?.used.database_seconds ?? null,
    found?.used.blob_reads ?? null, found?.used.blob_writes ?? null, found?.memory ?? null, found?.executions ?? null, found?.database ?? null, found?.blobs ?? null,
    found?.total ?? null, per_thousand_lists,
  ]),
]);
