// What the dashboard asks about costs and about the shop's data.
import { asAdminTagged, read, readText } from "./adminRequest";
import type { Tagged } from "./client";
import type { Costs, DataOverview, PriceSettings, Prices } from "./types";

export const getCosts = (signal?: AbortSignal) => read<Costs>("/metrics/costs", signal);

export const getPrices = (signal?: AbortSignal): Promise<Tagged<Prices>> => asAdminTagged<Prices>("/config/prices", signal ? { signal } : {});

export const putPrices = (settings: PriceSettings, tag: string): Promise<Tagged<Prices>> =>
  asAdminTagged<Prices>("/config/prices", { method: "PUT", body: settings, headers: { "If-Match": tag } });

/** Of the newest data set; no event is read for it. */
export const getData = (signal?: AbortSignal) => read<DataOverview>("/data/summary", signal);

/** The page about the models that a job judged, as HTML. */
export const evaluationPage = (job: string) => readText(`/data/reports/${encodeURIComponent(job)}`);
