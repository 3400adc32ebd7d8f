// What the dashboard changes: documents that are read with their version and written with If-Match, so that nobody overwrites what
// they have not seen.
import { asAdminTagged } from "./adminRequest";
import type { Tagged } from "./client";
import type { BatchSchedule, Product, ProductPatch, RecommenderSettings, Schedule, Settings } from "./types";

/** As the API answers: what is missing in a body has its default. */
type Filled<T> = { [Name in keyof T]-?: NonNullable<T[Name]> };

export type ScheduleSettings = Omit<Filled<BatchSchedule>, "off_peak"> & { off_peak: NonNullable<BatchSchedule["off_peak"]> | null };

/** A model that competes, by its name alone when its options are the defaults. Names are typed: the API says which there are. */
export type Candidate = string | { name: string; parameters: Record<string, number> };

type Ranking = NonNullable<RecommenderSettings["ranking"]>;
/** Null or missing for none. */
type Bounds = "min_price" | "max_price";

/** What the form does not know is kept as it is. */
export interface RecommenderDocument {
  candidates: Candidate[];
  ranking: Omit<Filled<Ranking>, Bounds | "seed"> & Pick<Ranking, Bounds | "seed">;
  evaluation: Filled<NonNullable<RecommenderSettings["evaluation"]>>;
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
