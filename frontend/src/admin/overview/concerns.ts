import type { Readiness } from "../../api/admin";
import type { BatchStatus, ErrorBudgets, ServingStep } from "../../api/types";
import { burnWords, shareWords, strainOf } from "./budgetWords";

export interface Concern {
  text: string;
  /** What a person can do about it here. */
  action: "start" | "look at the job" | "check again" | "change the schedule";
  jobId?: string;
}

/** Errors of the last hour that are worth a person's time: one answer in a hundred. */
const errorShare = 0.01;

const checkNames: Record<string, string> = {
  database: "The database",
  blob: "The file store",
  model: "The live model",
  timer: "The timer",
  pinned_model: "The pinned model",
  settings: "The settings",
};

/** What needs a person, the worst first; empty when all is well. */
export function concernsOf({ status, readiness, lastHour, budgets }: {
  status: BatchStatus | undefined;
  readiness: Readiness | undefined;
  lastHour: ServingStep | undefined;
  budgets: ErrorBudgets | undefined;
}): Concern[] {
  const concerns: Concern[] = [];
  const isWorking = status?.state === "running" || status?.state === "pending";
  for (const { name, status: state, reason } of readiness?.checks ?? []) {
    // Before the first run there is no model: that has its own sentence below.
    if (state === "ok" || (name === "model" && status?.live.generation === null)) continue;
    concerns.push({ text: `${checkNames[name] ?? name}: ${reason ?? state}.`, action: "check again" });
  }
  for (const [name, budget] of budgets ? ([["without an error", budgets.availability], [`within ${budgets.latency_ms} ms`, budgets.latency]] as const) : []) {
    const strain = strainOf(budget);
    if (strain === "used") concerns.push({ text: `Fewer than ${shareWords(budget.target)} of the lists of ${budgets?.window_days} days came ${name}: the error budget is used up.`, action: "check again" });
    if (strain === "burning") concerns.push({ text: `Lists that do not come ${name} use the error budget fast: ${burnWords(budget)}.`, action: "check again" });
  }
  if (status === undefined) return concerns;
  const { last_failed: failed, last_completed: completed } = status;
  if (failed && (completed === null || (failed.completed_at ?? "") > (completed.completed_at ?? ""))) {
    concerns.push({
      text: `The last run failed: ${failed.error_message ?? "it gave no reason"}. What was live before is live.`,
      action: "look at the job",
      jobId: failed.job_id,
    });
  }
  if (status.live.generation === null && !isWorking) concerns.push({ text: "No customer has a list yet.", action: "start" });
  if (!status.schedule.enabled) concerns.push({ text: "Runs by the timer are off: lists get old.", action: "change the schedule" });
  if (lastHour && lastHour.errors > lastHour.requests * errorShare) {
    concerns.push({ text: `${lastHour.errors} of ${lastHour.requests} requests of this hour ended with an error of the server.`, action: "check again" });
  }
  return concerns;
}
