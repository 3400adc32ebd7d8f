// What the dashboard asks about experiments and changes of them.
import { asAdminTagged, asAdmin, read } from "./adminRequest";
import type { Tagged } from "./client";
import type { Experiment, ExperimentChange, ExperimentList, ExperimentPlan, ExperimentResults, NewExperiment } from "./types";

export const listExperiments = (page: number, signal?: AbortSignal) => read<ExperimentList>("/experiments", signal, { page, page_size: 20 });

export const getExperiment = (experiment: number, signal?: AbortSignal): Promise<Tagged<Experiment>> =>
  asAdminTagged<Experiment>(`/experiments/${experiment}`, signal ? { signal } : {});

export const experimentResults = (experiment: number, signal?: AbortSignal) => read<ExperimentResults>(`/experiments/${experiment}/results`, signal);

export interface PlanQuestion {
  metric: Experiment["metric"];
  /** 0.1 is 10 % more. */
  lift: number;
  window_days: number;
}

export const planExperiment = (question: PlanQuestion, signal?: AbortSignal) => read<ExperimentPlan>("/experiments/plan", signal, { ...question });

export const createExperiment = (draft: NewExperiment) => asAdmin<Experiment>("/experiments", { method: "POST", body: draft });

/** Starts, stops, concludes or archives what was read with this tag. */
export const changeExperiment = (experiment: number, change: ExperimentChange, tag: string) =>
  asAdminTagged<Experiment>(`/experiments/${experiment}`, { method: "PATCH", body: change, headers: { "If-Match": tag } });
