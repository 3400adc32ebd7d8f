// Experiments in words, and what a draft's fields become.
import type { Experiment, ExperimentResults, NewExperiment, OffPolicyEstimate } from "../../api/types";
import type { Tone } from "../parts/pieces";

export const metricWords: Record<Experiment["metric"], string> = {
  click_through: "clicks per impression",
  add_to_cart: "users who fill a cart",
  conversion: "users who buy",
  revenue: "revenue per user",
};

export const kindWords: Record<Experiment["kind"], string> = {
  ab: "each user gets one variant",
  interleaving: "each list has products of both",
};

export const statusWords: Record<Experiment["status"], string> = {
  draft: "not started",
  running: "running",
  stopped: "stopped",
  concluded: "concluded",
  archived: "archived",
};

export const tones: Record<Experiment["status"], Tone> = { draft: "plain", running: "busy", stopped: "plain", concluded: "good", archived: "plain" };

/** Models that can be tried. */
export const models = ["ease_demand", "ease_time", "ease", "hybrid", "user_knn", "item_knn", "als", "rp3beta", "popularity"];

/** A share or an amount as its metric is read. */
export function valueWords(metric: Experiment["metric"], value: number | null): string {
  if (value === null) return "–";
  return metric === "revenue" ? value.toFixed(2) : `${(value * 100).toFixed(1)} %`;
}

export const liftWords = (lift: number) => `${lift > 0 ? "+" : lift < 0 ? "−" : ""}${Math.abs(Math.round(lift * 100))} %`;

export interface ExperimentDraft {
  name: string;
  kind: Experiment["kind"];
  metric: Experiment["metric"];
  /** In percent, as typed. */
  lift: string;
  windowDays: string;
  /** Of the second variant, in percent, as typed. */
  share: string;
  model: string;
  /** λ as typed; blank for the shop's own. */
  diversity: string;
}

export const emptyDraft: ExperimentDraft = {
  name: "", kind: "ab", metric: "click_through", lift: "10", windowDays: "7", share: "50", model: "item_knn", diversity: "",
};

type Configuration = NonNullable<NewExperiment["variants"][number]["configuration"]>;
type Candidate = NonNullable<Configuration["candidates"]>[number];
type Faults = Partial<Record<keyof ExperimentDraft, string>>;

/** A number as people type it; undefined for what is none or outside. */
export function numberIn(text: string, from: number, to: number): number | undefined {
  const value = Number(text.trim().replace(",", "."));
  return text.trim() !== "" && Number.isFinite(value) && value >= from && value <= to ? value : undefined;
}

export const liftOf = (draft: ExperimentDraft) => numberIn(draft.lift, 1, 1_000);

export const windowOf = (draft: ExperimentDraft) => {
  const days = numberIn(draft.windowDays, 1, 90);
  return days !== undefined && Number.isInteger(days) ? days : undefined;
};

export function faultsOf(draft: ExperimentDraft): Faults {
  return {
    ...(draft.name.trim() === "" ? { name: "Give it a name." } : {}),
    ...(liftOf(draft) === undefined ? { lift: "A number from 1 to 1000." } : {}),
    ...(windowOf(draft) === undefined ? { windowDays: "Whole days, 1 to 90." } : {}),
    ...(numberIn(draft.share, 5, 95) === undefined ? { share: "A number from 5 to 95." } : {}),
    ...(draft.diversity.trim() !== "" && numberIn(draft.diversity, 0, 1) === undefined ? { diversity: "A number from 0 to 1, or nothing." } : {}),
  };
}

/**
 * What the API stores of a draft without faults.
 * @param ranking the shop's own rules, which the variant keeps but for its diversity
 */
export function experimentOf(draft: ExperimentDraft, ranking: object, plannedUsers: number | null): NewExperiment {
  const share = draft.kind === "interleaving" ? 0.5 : (numberIn(draft.share, 5, 95) ?? 50) / 100;
  const diversity = numberIn(draft.diversity, 0, 1);
  return {
    name: draft.name.trim(),
    kind: draft.kind,
    metric: draft.metric,
    window_days: windowOf(draft) ?? 7,
    planned_users: plannedUsers,
    variants: [
      { name: "control", share: 1 - share },
      {
        name: "variant",
        share,
        configuration: {
          candidates: [draft.model as Candidate],
          ranking: { ...ranking, ...(diversity === undefined ? {} : { diversity }) },
        },
      },
    ],
  };
}

/** Where an interval and its estimate stand on a line from `from` to `to`, in percent; what is outside stands at the end. */
export function placeOn(value: number, from: number, to: number): number {
  return Math.min(100, Math.max(0, (100 * (value - from)) / (to - from)));
}

/** Ends of a line that holds all intervals and 0, the same to both sides. */
export function reach(results: Pick<ExperimentResults, "metrics" | "margin">): number {
  const ends = [...results.metrics.map(({ lift }) => lift), results.margin].flatMap((each) => (each ? [Math.abs(each.lower), Math.abs(each.upper)] : []));
  return Math.min(2, Math.max(0.1, ...ends));
}

/** What an off-policy estimate says, in a sentence. */
export function estimateSentence(estimate: Pick<OffPolicyEstimate, "status" | "candidate" | "reason" | "logged" | "snips">): string {
  const { status, candidate, reason, logged, snips } = estimate;
  const name = candidate ?? "the candidate";
  if (status === "running") return `${name} is being judged by what exploration has shown.`;
  if (status === "refused") return `No estimate of ${name}: ${reason ?? "the log is too small"}.`;
  if (status === "failed" || snips === null || logged === null) return `The estimate of ${name} could not be made: ${reason ?? "it gave no reason"}.`;
  const better = snips.lower > logged ? "more often" : snips.upper < logged ? "less often" : undefined;
  return better === undefined ? `Between ${name} and what was shown the log sees no difference in clicks.`
    : `Customers would click ${better} with ${name} than they did.`;
}
