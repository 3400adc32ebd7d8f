import type { Interval, JobEvaluation, JudgedModel } from "../../api/admin";

/** A judged model as the table shows it. */
export interface EvaluationRow {
  model: string;
  isBest: boolean;
  isChosen: boolean;
  /** nDCG at the report's cut-off. */
  ndcg: Interval | undefined;
  /** To the best model's; undefined for that one. */
  difference: Interval | undefined;
  coverage: number | undefined;
  /** 0 when all products are shown alike, 1 when one has it all. */
  gini: number | undefined;
  /** Why it could not be fitted, or what a reader has to know. */
  remark: string | undefined;
}

/** The best first; models that could not be fitted last. */
export function evaluationRows({ report, chosen }: JobEvaluation): EvaluationRow[] {
  const top = report?.cutoffs[0] ?? 10;
  const rows = (report?.models ?? []).map((model) => rowOf(model, top, report?.best ?? undefined, chosen.name));
  return rows.sort((left, right) => (right.ndcg?.mean ?? -1) - (left.ndcg?.mean ?? -1));
}

function rowOf({ model, metrics, lists, compared_with_best, error, note }: JudgedModel, top: number, best: string | undefined, chosen: string): EvaluationRow {
  const list = error ? undefined : lists[String(top)];
  return {
    model,
    isBest: model === best,
    isChosen: model === chosen,
    ndcg: error ? undefined : metrics[`ndcg@${top}`],
    difference: compared_with_best?.difference,
    coverage: list?.catalogueCoverage,
    gini: list?.gini,
    remark: error ? `could not be fitted: ${error}` : note ?? undefined,
  };
}

/** `0.482 (0.442–0.524)`. */
export const intervalWords = ({ mean, lower, upper }: Interval) => `${mean.toFixed(3)} (${lower.toFixed(3)}–${upper.toFixed(3)})`;

/** `−0.075 (−0.101 to −0.048)`, and whether chance may explain it. */
export function differenceWords({ mean, lower, upper }: Interval): { text: string; mayBeChance: boolean } {
  const signed = (value: number) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;
  return { text: `${signed(mean)} (${signed(lower)} to ${signed(upper)})`, mayBeChance: lower <= 0 && upper >= 0 };
}
