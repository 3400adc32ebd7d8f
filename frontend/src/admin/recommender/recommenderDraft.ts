import type { Candidate, RecommenderDocument } from "../../api/adminEdits";
import { percent } from "../../lib/format";
import type { Words } from "../parts/editing";
import { every, faultsOfSpan, secondsOfSpan, spanOf } from "../parts/span";
import type { Span } from "../parts/span";
import type { Faults } from "../parts/useEdit";

/** The settings of the recommender as the form holds them; numbers as they were typed. */
export interface RecommenderDraft {
  candidates: CandidateDraft[];
  listLength: string;
  diversity: string;
  exploration: string;
  minPrice: string;
  maxPrice: string;
  categories: string[];
  products: string[];
  judgedEvery: Span;
  /** Percent. */
  growth: string;
  maxUsers: string;
  minUsers: string;
}

export interface CandidateDraft {
  name: string;
  /** `part0.weight = 0.5, part0.neighbours = 100`; empty for the defaults. */
  options: string;
}

/** Thirty days; what the API takes has no end. */
const longestPause = 2_592_000;

export function recommenderDraft({ settings: { candidates, ranking, evaluation } }: { settings: RecommenderDocument }): RecommenderDraft {
  const price = (value: number | null | undefined) => (value === null || value === undefined ? "" : String(value));
  return {
    candidates: candidates.map(candidateDraft),
    listLength: String(ranking.list_length),
    diversity: String(ranking.diversity),
    exploration: String(ranking.exploration),
    minPrice: price(ranking.min_price),
    maxPrice: price(ranking.max_price),
    categories: ranking.excluded_categories,
    products: ranking.excluded_products,
    judgedEvery: spanOf(evaluation.interval_seconds),
    // 0.1 × 100 has digits that nobody typed.
    growth: String(Number((evaluation.growth * 100).toPrecision(12))),
    maxUsers: String(evaluation.max_users),
    minUsers: String(evaluation.min_users),
  };
}

/** The document to store: the form's fields over what is stored, so that what the form does not show stays. */
export function recommenderOf(draft: RecommenderDraft, stored: RecommenderDocument): RecommenderDocument {
  const price = (text: string) => (text.trim() === "" ? null : Number(text));
  return {
    ...stored,
    candidates: draft.candidates.map(candidateOf),
    ranking: {
      ...stored.ranking,
      list_length: Number(draft.listLength),
      diversity: Number(draft.diversity),
      exploration: Number(draft.exploration),
      min_price: price(draft.minPrice),
      max_price: price(draft.maxPrice),
      excluded_categories: draft.categories,
      excluded_products: draft.products,
    },
    evaluation: {
      ...stored.evaluation,
      interval_seconds: secondsOfSpan(draft.judgedEvery),
      growth: Number(draft.growth) / 100,
      max_users: Number(draft.maxUsers),
      min_users: Number(draft.minUsers),
    },
  };
}

export function candidateDraft(candidate: Candidate): CandidateDraft {
  if (typeof candidate === "string") return { name: candidate, options: "" };
  return { name: candidate.name, options: Object.entries(candidate.parameters).map(([name, value]) => `${name} = ${value}`).join(", ") };
}

export function candidateOf({ name, options }: CandidateDraft): Candidate {
  const parameters = optionsOf(options);
  return parameters === undefined || Object.keys(parameters).length === 0 ? name : { name, parameters };
}

/** Undefined when the text is not `name = number, name = number`. */
function optionsOf(text: string): Record<string, number> | undefined {
  const parts = text.split(",").map((part) => part.trim()).filter((part) => part !== "");
  const pairs = parts.map((part) => /^([\w.]+)\s*=\s*(\S+)$/.exec(part));
  const values = pairs.map((pair) => [pair?.[1] ?? "", Number(pair?.[2] ?? "x")] as const);
  return values.every(([name, value]) => name !== "" && Number.isFinite(value)) ? Object.fromEntries(values) : undefined;
}

/** What the form can tell by itself; the API knows which models and options there are. */
export function recommenderFaults(draft: RecommenderDraft): Faults {
  const faults: Record<string, string> = {};
  const number = (pointer: string, text: string, least: number, most: number, words: string, isWhole = false) => {
    const value = Number(text);
    const isRight = text.trim() !== "" && value >= least && value <= most && (!isWhole || Number.isInteger(value));
    if (!isRight) faults[pointer] = `Must be ${words}.`;
  };
  if (draft.candidates.length === 0) faults["/candidates"] = "Must name at least one model.";
  draft.candidates.forEach(({ options }, index) => {
    if (optionsOf(options) === undefined) faults[`/candidates/${index}`] = "Options are written as name = number, with commas between them.";
  });
  number("/ranking/list_length", draft.listLength, 1, 100, "a whole number from 1 to 100", true);
  number("/ranking/diversity", draft.diversity, 0, 1, "a number from 0 to 1");
  number("/ranking/exploration", draft.exploration, 0, 0.5, "a number from 0 to 0.5");
  if (draft.minPrice.trim() !== "") number("/ranking/min_price", draft.minPrice, 0, Infinity, "a price of at least 0");
  if (draft.maxPrice.trim() !== "") number("/ranking/max_price", draft.maxPrice, Number(draft.minPrice), Infinity, "a price, not below the lowest");
  number("/evaluation/growth", draft.growth, 0, Infinity, "a number of at least 0");
  number("/evaluation/max_users", draft.maxUsers, 1, Infinity, "a whole number of at least 1", true);
  number("/evaluation/min_users", draft.minUsers, 0, Infinity, "a whole number of at least 0", true);
  return { ...faults, ...(draft.judgedEvery.amount === "0" ? {} : faultsOfSpan(draft.judgedEvery, "/evaluation/interval_seconds", 1, longestPause)) };
}

const list = (values: readonly string[]) => (values.length === 0 ? "none" : values.join(", "));

export function recommenderWords(draft: RecommenderDraft): Words {
  return [
    ["Models", list(draft.candidates.map(({ name, options }) => (options.trim() === "" ? name : `${name} (${options})`)))],
    ["List length", draft.listLength],
    ["Diversity", draft.diversity],
    ["Exploration", percent(Number(draft.exploration))],
    ["Lowest price", draft.minPrice || "any"],
    ["Highest price", draft.maxPrice || "any"],
    ["Categories left out", list(draft.categories)],
    ["Products left out", list(draft.products)],
    ["Models are judged", every(secondsOfSpan(draft.judgedEvery))],
    ["Judged earlier when events grow by", `${draft.growth} %`],
    ["Judged on at most", draft.maxUsers],
    ["Judged on at least", draft.minUsers],
  ];
}

/** When what was saved takes effect, a sentence for each part that changed. */
export function effects(before: RecommenderDocument, after: RecommenderDocument): string[] {
  const differs = (name: keyof RecommenderDocument["ranking"]) =>
    JSON.stringify(before.ranking[name] ?? null) !== JSON.stringify(after.ranking[name] ?? null);
  const sentences: string[] = [];
  if (differs("min_price") || differs("max_price") || differs("excluded_categories") || differs("excluded_products")) {
    sentences.push("Prices and what is left out hold from the next request on.");
  }
  if (differs("list_length") || differs("diversity") || differs("exploration")) {
    sentences.push("Length, diversity and exploration hold for lists that are computed from now on; everybody's change with the next full run.");
  }
  if (JSON.stringify(before.candidates) !== JSON.stringify(after.candidates)) {
    sentences.push("The next full run judges the models again and takes the best of them.");
  } else if (JSON.stringify(before.evaluation) !== JSON.stringify(after.evaluation)) {
    sentences.push("The next full run decides by this whether models are judged again.");
  }
  return sentences;
}
