import type { RunCost } from "../../api/types";
import { count } from "../../lib/format";
import { Link } from "../../lib/router";
import { Bars } from "../parts/Bars";
import { cost, quantity } from "../parts/costWords";
import { download } from "../parts/download";
import { Panel, TableFrame } from "../parts/pieces";
import { StartButton } from "../parts/StartRun";
import { duration, moment } from "../parts/words";
import { measured, runsAsCsv, runsSentence } from "./costFigures";

/** What each full run cost: a drawing, and the same figures in a table. */
export function Runs({ runs, currency }: { runs: RunCost[]; currency: string }) {
  const found = measured(runs);
  const most = Math.max(0, ...found.map((run) => run.cost.total));
  return (
    <Panel
      title="Full runs"
      aside={runs.length === 0 ? undefined : <button type="button" className="button quiet small-button" onClick={() => download("runs.csv", runsAsCsv(runs, currency), "text/csv")}>Download as CSV</button>}
    >
      <p>{runsSentence(runs, currency)}</p>
      {runs.length === 0 ? <p className="note-action"><StartButton>Start a run</StartButton></p> : (
        <div className="chart wide-table">
          <div>
            <Bars label={`Cost of each run, oldest first, at most ${cost(most, currency)}; the table has them`} values={found.map((run) => run.cost.total)} most={most || 1} />
            <p className="small" aria-hidden="true"><span>oldest</span><span>{`at most ${cost(most, currency)}`}</span><span>newest</span></p>
          </div>
          <TableFrame name="Cost of each run">
            <thead>
              <tr>
                <th scope="col">Run</th><th scope="col" className="n">Cost</th><th scope="col" className="n">A thousand lists</th>
                <th scope="col" className="n">Memory</th><th scope="col" className="n">Database</th><th scope="col" className="n">Store</th>
              </tr>
            </thead>
            <tbody>
              {runs.map((run) => <Row key={run.job_id} run={run} currency={currency} />)}
            </tbody>
          </TableFrame>
        </div>
      )}
    </Panel>
  );
}

function Row({ run: { job_id, started_at, lists, cost: found, per_thousand_lists }, currency }: { run: RunCost; currency: string }) {
  const used = found?.used;
  return (
    <tr>
      <th scope="row">
        <Link to={`/admin/jobs/${job_id}`}>{job_id}</Link>
        <span className="small line">{`${started_at === null ? "" : `${moment(started_at)}, `}${count(lists)} lists`}</span>
      </th>
      <td className="n">{found === null ? "not measured" : cost(found.total, currency)}</td>
      <td className="n">{per_thousand_lists === null ? "–" : cost(per_thousand_lists, currency)}</td>
      <td className="n">{used === undefined ? "–" : `${quantity(used.gb_seconds)} GB-s`}</td>
      <td className="n">{used === undefined ? "–" : duration(used.database_seconds)}</td>
      <td className="n">{used === undefined ? "–" : count(used.blob_reads + used.blob_writes)}</td>
    </tr>
  );
}
