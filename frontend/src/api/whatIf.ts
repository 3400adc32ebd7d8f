// What the dashboard asks before something is decided: previews, estimates, comparisons, budgets.
import { asAdmin, asAdminTagged, read } from "./adminRequest";
import type { RecommenderDocument } from "./adminEdits";
import type { Tagged } from "./client";
import type {
  ErrorBudgets, GenerationComparison, ModelEvaluationList, OffPolicyEstimate, OffPolicyRequest, RecommenderPreview, ServiceObjectives, Settings,
} from "./types";

/** The lists of some customers with other settings; of a sample when none are named. */
export const previewRecommender = (settings: RecommenderDocument, users: string[]) =>
  asAdmin<RecommenderPreview>("/config/recommender/preview", { method: "POST", body: { settings, ...(users.length === 0 ? {} : { users }) } });

/** The newest; null before the first. */
export const offPolicyEstimate = (signal?: AbortSignal) => read<OffPolicyEstimate | null>("/experiments/off-policy", signal);

export const estimateOffPolicy = (request: OffPolicyRequest) =>
  asAdmin<OffPolicyEstimate>("/experiments/off-policy", { method: "POST", body: request });

export const modelEvaluations = (signal?: AbortSignal) => read<ModelEvaluationList>("/models/evaluations", signal, { limit: 30 });

export const compareGenerations = (before: number, after: number, signal?: AbortSignal) =>
  read<GenerationComparison>(`/generations/${before}/compare/${after}`, signal);

export const errorBudgets = (signal?: AbortSignal) => read<ErrorBudgets>("/metrics/error-budget", signal);

export type Objectives = { [Name in keyof ServiceObjectives]-?: NonNullable<ServiceObjectives[Name]> };
export type ObjectivesAnswer = Omit<Settings, "settings"> & { settings: Objectives };

export const getObjectives = (signal?: AbortSignal): Promise<Tagged<ObjectivesAnswer>> =>
  asAdminTagged<ObjectivesAnswer>("/config/service-objectives", signal ? { signal } : {});

export const putObjectives = (objectives: Objectives, tag: string) =>
  asAdminTagged<ObjectivesAnswer>("/config/service-objectives", { method: "PUT", body: objectives, headers: { "If-Match": tag } });
