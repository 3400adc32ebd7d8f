// The calls of the dashboard that read, and those that start or stop something, one function each.
import { asAdmin, read } from "./adminRequest";
import { ApiError, request } from "./client";
import type {
  Activation, BatchJob, BatchJobList, BatchStatus, CacheDeletion, CacheInvalidation, CacheStatsList, GenerationList, HiddenProductList, LogLine, LogLineList, ServingStepList, ModelList,
  ProductPage, QuarantinedUser, RecommendationTrace, Recommendations, User, UserList,
} from "./types";

const id = encodeURIComponent;

export const batchStatus = (signal?: AbortSignal) => read<BatchStatus>("/batch/status", signal);

export const listJobs = (
  { page, status, type }: { page: number; status?: string | undefined; type?: string | undefined },
  signal?: AbortSignal,
) => read<BatchJobList>("/batch/jobs", signal, { page, page_size: 20, status, job_type: type });

export const getJob = (job: string, signal?: AbortSignal) => read<BatchJob>(`/batch/jobs/${id(job)}`, signal);

export const triggerBatch = (type: BatchJob["job_type"], idempotencyKey: string) =>
  asAdmin<BatchJob>("/batch/trigger", { method: "POST", body: { job_type: type }, idempotencyKey });

/** A mean with its confidence interval. */
export interface Interval {
  mean: number;
  lower: number;
  upper: number;
}

export interface JudgedModel {
  model: string;
  /** Why it could not be fitted; then there are no figures. */
  error?: string | null;
  note?: string | null;
  /** Under `ndcg@10` and so on. */
  metrics: Record<string, Interval>;
  /** By cut-off. */
  lists: Record<string, { catalogueCoverage: number; gini: number }>;
  compared_with_best?: { difference: Interval; p_value: number } | null;
}

export interface JobEvaluation {
  chosen: { name: string };
  verdict: string;
  reason: string;
  /** Null where the shop is too small to judge. */
  report?: {
    best?: string | null;
    cutoffs: number[];
    split: { users_judged: number; description: string };
    models: JudgedModel[];
  } | null;
}

/** What choosing a model found; null for a run that did not choose. */
export const jobEvaluation = (job: string, signal?: AbortSignal) =>
  read<JobEvaluation | null>(`/batch/jobs/${id(job)}/evaluation`, signal);
/** Customers whose lists a job could not make. */
export const quarantinedUsers = (job: string, signal?: AbortSignal) =>
  read<{ items: QuarantinedUser[] }>(`/batch/jobs/${id(job)}/quarantine`, signal);

/** Ends a job that waits or runs; what is live stays. */
export const cancelJob = (job: string) => asAdmin<BatchJob>(`/batch/jobs/${id(job)}/cancel`, { method: "POST" });

/** All lines of a job's log; the API gives at most 10,000 at once. */
export async function jobLog(job: string, signal?: AbortSignal): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  let cursor: string | undefined;
  do {
    const page = await read<LogLineList>(`/batch/logs/${id(job)}`, signal, { limit: 10_000, cursor });
    lines.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return lines;
}

export const listModels = (page: number, signal?: AbortSignal) => read<ModelList>("/models", signal, { page, page_size: 20 });

export const listGenerations = (page: number, status: string | undefined, signal?: AbortSignal) =>
  read<GenerationList>("/generations", signal, { page, page_size: 20, status });

export const activateModel = (version: string) =>
  asAdmin<Activation>(`/models/${id(version)}/activate`, { method: "POST" });

export const activateGeneration = (generation: number) =>
  asAdmin<Activation>(`/generations/${generation}/activate`, { method: "POST" });

export const cacheStats = (signal?: AbortSignal) => read<CacheStatsList>("/cache/stats", signal);

/** The next request makes new ones. */
export const dropLists = (user: string) => asAdmin<CacheDeletion>(`/cache/${id(user)}`, { method: "DELETE" });

/** Has every list made anew; what is stored is served until then. */
export const remakeAllLists = () => asAdmin<CacheInvalidation>("/cache/invalidate-all", { method: "POST" });

export const listUsers = (page: number, signal?: AbortSignal) => read<UserList>("/users", signal, { page, page_size: 20 });

export const findUser = (user: string, signal?: AbortSignal) => read<User>(`/users/${id(user)}`, signal);

export const listsOf = (user: string, list: ListName, signal?: AbortSignal) =>
  read<Recommendations>(`/recommendations/${id(user)}`, signal, { list, limit: 20 });

export const whyProduct = (user: string, product: string, list: ListName, signal?: AbortSignal) =>
  read<RecommendationTrace>(`/recommendations/${id(user)}/why/${id(product)}`, signal, { list });

/** Of what the shop offers. */
export const findProducts = (search: string, signal?: AbortSignal, page = 1, pageSize = 8) =>
  read<ProductPage>("/products", signal, { search, page, page_size: pageSize });

export type ListName = "discover" | "buy_again";

/** An hour a point, the last of them now; undefined where the API does not measure. */
export const servingByHour = (hours: number, signal?: AbortSignal) =>
  unlessMissing(read<ServingStepList>("/metrics/timeseries", signal, { step: 60, minutes: 60 * (hours - 1) }));

/** Undefined where the API does not tell. */
export const hiddenOf = (user: string, signal?: AbortSignal) =>
  unlessMissing(read<HiddenProductList>(`/users/${id(user)}/hidden`, signal));

/** Null for a route that this version of the API does not have. */
async function unlessMissing<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.kind === "no-such-route") return null;
    throw error;
  }
}

export interface Check {
  name: string;
  status: "ok" | "degraded" | "failed";
  reason: string | undefined;
}

export interface Readiness {
  status: "ready" | "degraded" | "failed";
  build: string | undefined;
  checks: Check[];
}

/** Whether the API can serve, check by check; that it cannot is an answer too. */
export async function readiness(signal?: AbortSignal): Promise<Readiness> {
  const options = signal ? { signal } : {};
  try {
    return readinessOf(await request<Record<string, unknown>>("/health/ready", options));
  } catch (error) {
    if (error instanceof ApiError && error.status === 503 && error.body !== undefined) {
      const answer = readinessOf(error.body);
      const found = answer.checks.length > 0 ? answer.checks : [{ name: "settings", status: "failed" as const, reason: error.message }];
      return { ...answer, status: "failed", checks: found };
    }
    throw error;
  }
}

function readinessOf(body: Record<string, unknown>): Readiness {
  const checks = Object.entries(body).flatMap(([name, value]): Check[] => {
    const { status, reason } = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
    if (status !== "ok" && status !== "degraded" && status !== "failed") return [];
    return [{ name, status, reason: typeof reason === "string" ? reason : undefined }];
  });
  const { build, status } = body;
  return { status: status === "ready" ? "ready" : "degraded", build: typeof build === "string" ? build : undefined, checks };
}
