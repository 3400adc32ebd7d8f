import { useState } from "react";
import { listExperiments } from "../../api/experiments";
import type { Experiment } from "../../api/types";
import { Link } from "../../lib/router";
import { PageHeading } from "../../ui/Page";
import { EmptyState } from "../../ui/states";
import { Pager, Panel, State, TableFrame } from "../parts/pieces";
import { Bones, Failed, Stale } from "../parts/states";
import { usePolled } from "../parts/usePolled";
import { moment } from "../parts/words";
import { metricWords, statusWords, tones } from "./experimentWords";
import { NewExperimentForm } from "./NewExperimentForm";
import { OffPolicy } from "./OffPolicy";

/** Two ways to recommend, compared on the shop's own customers. */
export function ExperimentsPage() {
  const [page, setPage] = useState(1);
  const experiments = usePolled(`admin:/experiments?page=${page}`, (signal) => listExperiments(page, signal), () => 30_000);
  const { data, error, retry } = experiments;
  return (
    <div className="room">
      <PageHeading title="Experiments" />
      <p className="lead">An experiment shows some customers lists of other settings and says whether they do better. Its figures may be looked at every day: they allow for it.</p>
      {data === undefined ? (error === undefined ? <Bones what="the experiments" /> : <Failed what="the experiments" error={error} onRetry={retry} />) : (
        <>
          <Stale queries={[experiments]} what="This page" />
          <Panel title="All experiments">
            {data.items.length === 0 ? (
              <EmptyState title="There is none yet.">
                Plan one below: it says how many days your traffic needs to see a difference. Then start it; the next run makes its lists, and customers are told apart by themselves.
              </EmptyState>
            ) : (
              <>
                <TableFrame name="Experiments">
                  <thead>
                    <tr><th scope="col">Experiment</th><th scope="col">State</th><th scope="col">Decided by</th><th scope="col">Started</th><th scope="col">Ended</th></tr>
                  </thead>
                  <tbody>{data.items.map((each) => <Row key={each.experiment_id} experiment={each} />)}</tbody>
                </TableFrame>
                <Pager page={data.page ?? 1} pageSize={data.page_size} total={data.total} onPage={setPage} />
              </>
            )}
          </Panel>
          <OffPolicy />
          <NewExperimentForm />
        </>
      )}
    </div>
  );
}

function Row({ experiment }: { experiment: Experiment }) {
  return (
    <tr>
      <th scope="row"><Link to={`/admin/experiments/${experiment.experiment_id}`}>{experiment.name}</Link></th>
      <td><State tone={tones[experiment.status]}>{statusWords[experiment.status]}</State></td>
      <td>{metricWords[experiment.metric]}</td>
      <td>{experiment.started_at === null ? "–" : moment(experiment.started_at)}</td>
      <td>{experiment.ended_at === null ? "–" : moment(experiment.ended_at)}</td>
    </tr>
  );
}
