import { useState } from "react";
import type { ModelEvaluation, ModelEvaluationList } from "../../api/types";
import { Link } from "../../lib/router";
import type { Query } from "../../lib/useQuery";
import { EmptyState } from "../../ui/states";
import { Field } from "../parts/Field";
import { Lines } from "../parts/Lines";
import { Panel, TableFrame } from "../parts/pieces";
import { Failed } from "../parts/states";
import { moment, score } from "../parts/words";
import { figure, metricTitles, modelNames, seriesOf } from "./evaluations";
import type { MetricName } from "./evaluations";

/** How the models that compete did, run by run: a drawing of the best, and the figures of all in a table. */
export function OverTime({ query }: { query: Query<ModelEvaluationList> }) {
  const [metric, setMetric] = useState<MetricName>("ndcg@10");
  const { data, error, retry } = query;
  if (data === undefined) return <Panel title="Candidates over time"><Failed what="how models were judged" error={error} onRetry={retry} /></Panel>;
  const judged = data.items.filter(({ models }) => models.length > 0);
  const newest = judged[0];
  return (
    <Panel title="Candidates over time" aside={newest === undefined ? undefined : `judged last ${moment(newest.judged_at)}`}>
      {newest === undefined ? (
        <EmptyState title="No run has judged models yet.">A run judges them on the shop's own past once there are customers enough; the Recommender page says when.</EmptyState>
      ) : (
        <>
          {newest.verdict === null ? null : <p>{newest.verdict}</p>}
          <div className="bar">
            <Field label="Figure">
              {(input) => (
                <select {...input} value={metric} onChange={(event) => setMetric(event.target.value as MetricName)}>
                  {Object.entries(metricTitles).map(([name, title]) => <option key={name} value={name}>{title}</option>)}
                </select>
              )}
            </Field>
          </div>
          <Drawn judged={judged} metric={metric} />
          <Figures judged={judged} metric={metric} />
        </>
      )}
    </Panel>
  );
}

function Drawn({ judged, metric }: { judged: ModelEvaluation[]; metric: MetricName }) {
  const series = seriesOf(judged, metric);
  const most = Math.max(...series.flatMap(({ values }) => values.map((value) => value ?? 0)));
  return (
    <>
      <p className="small">{`From 0 to ${score(most)}, the oldest run at the left; the table has the intervals.`}</p>
      <Lines label={`${metricTitles[metric]} of the best models in ${judged.length} runs, from 0 to ${score(most)}; the table below has the figures`} series={series} most={most} />
    </>
  );
}

function Figures({ judged, metric }: { judged: ModelEvaluation[]; metric: MetricName }) {
  const names = modelNames(judged);
  const words = (evaluation: ModelEvaluation, name: string) => {
    const value = figure(evaluation, name, metric);
    return value === null ? "–" : score(value);
  };
  const interval = (evaluation: ModelEvaluation, name: string) => {
    const found = metric === "coverage" ? undefined : evaluation.models.find(({ model }) => model === name)?.metrics[metric];
    return found === undefined ? null : <span className="small line">{`${score(found.lower)} … ${score(found.upper)}`}</span>;
  };
  return (
    <TableFrame name={`${metricTitles[metric]} run by run`}>
      <thead>
        <tr><th scope="col">Run</th>{names.map((name) => <th key={name} scope="col" className="n">{name}</th>)}<th scope="col">Chosen</th></tr>
      </thead>
      <tbody>
        {judged.map((evaluation) => (
          <tr key={evaluation.job_id}>
            <th scope="row">
              <Link to={`/admin/jobs/${evaluation.job_id}`}>{evaluation.job_id}</Link>
              <span className="small line">{moment(evaluation.judged_at)}</span>
            </th>
            {names.map((name) => <td key={name} className="n">{words(evaluation, name)}{interval(evaluation, name)}</td>)}
            <td>{evaluation.chosen ?? "none"}</td>
          </tr>
        ))}
      </tbody>
    </TableFrame>
  );
}
