import type { Model, ModelEvaluation } from "../../api/types";
import { score } from "../parts/words";
import type { Series } from "../parts/Lines";

/** What can be drawn, as the API names it and as people do. */
export const metricTitles = { "ndcg@10": "nDCG@10", "recall@10": "Recall@10", "hit_rate@10": "Hit rate@10", coverage: "Coverage@10" } as const;
export type MetricName = keyof typeof metricTitles;

const lines = 5;

export function figure(evaluation: ModelEvaluation, model: string, metric: MetricName): number | null {
  const found = evaluation.models.find((each) => each.model === model);
  if (found === undefined) return null;
  return metric === "coverage" ? found.coverage ?? null : found.metrics[metric]?.mean ?? null;
}

/** Every model that was judged, those that were chosen before the others, then by the newest nDCG. */
export function modelNames(evaluations: readonly ModelEvaluation[]): string[] {
  const names = [...new Set(evaluations.flatMap(({ models }) => models.map(({ model }) => model)))];
  const chosen = new Set(evaluations.map((each) => each.chosen));
  const newest = evaluations[0];
  const rank = (name: string) => (newest === undefined ? 0 : figure(newest, name, "ndcg@10") ?? 0);
  return names.sort((one, other) => Number(chosen.has(other)) - Number(chosen.has(one)) || rank(other) - rank(one) || (one < other ? -1 : 1));
}

/** The first few models as lines, the oldest run at the left; the evaluations come newest first. */
export function seriesOf(evaluations: readonly ModelEvaluation[], metric: MetricName): Series[] {
  const oldestFirst = [...evaluations].reverse();
  return modelNames(evaluations).slice(0, lines).map((name) => ({ name, values: oldestFirst.map((each) => figure(each, name, metric)) }));
}

/** Two stored models, metric by metric and then the settings that differ. */
export function comparedModels(one: Model, other: Model): { metrics: [string, string, string, string][]; settings: [string, string, string][] } {
  const names = Object.keys(metricTitles).filter((name) => typeof one.metrics[name] === "number" || typeof other.metrics[name] === "number");
  const number = (model: Model, name: string) => (typeof model.metrics[name] === "number" ? (model.metrics[name] as number) : undefined);
  const text = (value: unknown) => (value === undefined ? "–" : typeof value === "number" ? String(Number(value.toPrecision(4))) : JSON.stringify(value));
  const settings = [...new Set([...Object.keys(one.parameters), ...Object.keys(other.parameters)])].sort();
  return {
    metrics: names.map((name) => {
      const [left, right] = [number(one, name), number(other, name)];
      const difference = left === undefined || right === undefined ? "–" : `${right >= left ? "+" : "−"}${score(Math.abs(right - left))}`;
      return [metricTitles[name as MetricName], left === undefined ? "–" : score(left), right === undefined ? "–" : score(right), difference];
    }),
    settings: settings.filter((name) => text(one.parameters[name]) !== text(other.parameters[name]))
      .map((name) => [name, text(one.parameters[name]), text(other.parameters[name])]),
  };
}
