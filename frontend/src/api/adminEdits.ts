// What the dashboard changes: documents that are read with their version and written with If-Match, so that nobody overwrites what
// they have not seen.
import { asAdminTagged } from "./adminRequest";
import type { Tagged } from "./client";
import type { Product, ProductPatch, Schedule, Settings } from "./types";

/** `settings` of the schedule, defaults filled in. */
export interface ScheduleSettings {
  /** From the start of one full run to the start of the next. */
  interval_seconds: number;
  active_interval_seconds: number;
  off_peak: { start: string; end: string; time_zone: string } | null;
  adaptive: boolean;
  enabled: boolean;
}

/** A model that competes, by its name alone when its options are the defaults. */
export type Candidate = string | { name: string; parameters: Record<string, number> };

/** `settings` of the recommender, defaults filled in. What this form does not know is kept as it is. */
export interface RecommenderDocument {
  candidates: Candidate[];
  ranking: {
    list_length: number;
    diversity: number;
    exploration: number;
    min_price?: number | null;
    max_price?: number | null;
    excluded_products: string[];
    excluded_categories: string[];
  };
  evaluation: {
    interval_seconds: number;
    growth: number;
    max_users: number;
    min_users: number;
  };
}

export type ScheduleAnswer = Omit<Schedule, "settings"> & { settings: ScheduleSettings };
export type RecommenderAnswer = Omit<Settings, "settings"> & { settings: RecommenderDocument };

const abort = (signal: AbortSignal | undefined) => (signal ? { signal } : {});
const ifMatch = (tag: string) => ({ "If-Match": tag });

export const getSchedule = (signal?: AbortSignal) => asAdminTagged<ScheduleAnswer>("/config/batch-schedule", abort(signal));

export const putSchedule = (settings: ScheduleSettings, tag: string) =>
  asAdminTagged<ScheduleAnswer>("/config/batch-schedule", { method: "PUT", body: settings, headers: ifMatch(tag) });

export const getRecommender = (signal?: AbortSignal) => asAdminTagged<RecommenderAnswer>("/config/recommender", abort(signal));

export const putRecommender = (settings: RecommenderDocument, tag: string) =>
  asAdminTagged<RecommenderAnswer>("/config/recommender", { method: "PUT", body: settings, headers: ifMatch(tag) });

const productPath = (product: string) => `/products/${encodeURIComponent(product)}`;

/** As it is stored, also when the shop does not offer it. */
export const getStoredProduct = (product: string, signal?: AbortSignal): Promise<Tagged<Product>> =>
  asAdminTagged<Product>(productPath(product), abort(signal));

export const patchProduct = (product: string, patch: ProductPatch, tag: string) =>
  asAdminTagged<Product>(productPath(product), {
    method: "PATCH", body: patch, headers: { ...ifMatch(tag), "Content-Type": "application/merge-patch+json" },
  });
