import { jobEvaluation } from "../../api/admin";
import { counted, percent } from "../../lib/format";
import { useQuery } from "../../lib/useQuery";
import { Panel, State, TableFrame } from "../parts/pieces";
import { Bones, Failed } from "../parts/states";
import { reasonWords, score } from "../parts/words";
import { differenceWords, evaluationRows, intervalWords } from "./evaluationRows";
import type { EvaluationRow } from "./evaluationRows";

/** Which models a run has judged, and what was found; nothing for a run that kept the model. */
export function Evaluation({ jobId }: { jobId: string }) {
  const { data, error, retry } = useQuery(`admin:/batch/evaluations/${jobId}`, (signal) => jobEvaluation(jobId, signal));
  if (data === undefined) {
    return <Panel title="Models judged">{error === undefined ? <Bones what="the evaluation" rows={4} /> : <Failed what="the evaluation" error={error} onRetry={retry} />}</Panel>;
  }
  if (data === null) return <Panel title="Models judged"><p>This run judged no models: it made lists with the one that was there.</p></Panel>;
  const rows = evaluationRows(data);
  const split = data.report?.split;
  return (
    <Panel title="Models judged" aside={split ? counted(split.users_judged, "customer") : undefined}>
      <p className="say">{data.verdict}</p>
      <p className="small">{`Judged because ${data.reason}.${split ? ` ${reasonWords(split.description)}` : ""}`}</p>
      {rows.length === 0 ? null : <Table rows={rows} top={data.report?.cutoffs[0] ?? 10} />}
    </Panel>
  );
}

function Table({ rows, top }: { rows: EvaluationRow[]; top: number }) {
  return (
    <>
      <TableFrame name="Models judged">
        <thead>
          <tr>
            <th scope="col">Model</th><th scope="col" className="n">{`nDCG@${top}`}</th><th scope="col" className="n">Difference from the best</th>
            <th scope="col" className="n">Coverage</th><th scope="col" className="n">Gini</th>
          </tr>
        </thead>
        <tbody>{rows.map((row) => <Row key={row.model} row={row} />)}</tbody>
      </TableFrame>
      <p className="small">
        In brackets the 95 % interval. Coverage: products in somebody's list. Gini: 0 when all products are shown alike, 1 when one has it all.
      </p>
    </>
  );
}

function Row({ row: { model, isBest, isChosen, ndcg, difference, coverage, gini, remark } }: { row: EvaluationRow }) {
  const less = difference ? differenceWords(difference) : undefined;
  return (
    <tr data-gone={ndcg === undefined}>
      <th scope="row">
        {isChosen ? <State tone="good">{`${model}, taken`}</State> : model}
        {remark === undefined ? null : <span className="small line">{remark}</span>}
      </th>
      <td className="n">{ndcg === undefined ? "–" : intervalWords(ndcg)}</td>
      <td className="n">
        {isBest ? "the best" : less === undefined ? "–" : less.text}
        {less?.mayBeChance ? <span className="small line">may be chance</span> : null}
      </td>
      <td className="n">{coverage === undefined ? "–" : percent(coverage)}</td>
      <td className="n">{gini === undefined ? "–" : score(gini)}</td>
    </tr>
  );
}
