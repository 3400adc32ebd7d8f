import { useState } from "react";
import { evaluationPage } from "../../api/costs";
import type { DataOverview } from "../../api/types";
import { Link } from "../../lib/router";
import { download } from "../parts/download";
import { Panel, TableFrame } from "../parts/pieces";
import { causeOf } from "../parts/states";
import { agoAt } from "../parts/words";
import { size } from "./dataFigures";

/** What runs have stored: data sets to take elsewhere, and pages about the models that were judged. */
export function Stored({ data: { data_sets, reports, location } }: { data: DataOverview }) {
  const [failure, setFailure] = useState<unknown>();
  const save = async (job: string) => {
    setFailure(undefined);
    try {
      download(`${job}-evaluation.html`, await evaluationPage(job), "text/html");
    } catch (error) {
      setFailure(error);
    }
  };
  return (
    <Panel title="Stored" aside={`in ${location}`}>
      <TableFrame name="Data sets">
        <thead><tr><th scope="col">Data set</th><th scope="col">Made</th><th scope="col" className="n">Size</th></tr></thead>
        <tbody>
          {data_sets.map(({ folder, created_at, bytes }) => (
            <tr key={folder}><th scope="row" className="wide-cell">{folder}</th><td>{created_at === null ? "–" : agoAt(created_at)}</td><td className="n">{size(bytes)}</td></tr>
          ))}
        </tbody>
      </TableFrame>
      <p className="small">Products, customers without names, and events as files that import reads. FunctionHandler blob fetches them.</p>
      {failure === undefined ? null : <p className="fault" role="alert">{causeOf(failure)}</p>}
      {reports.length === 0 ? <p>No run has judged models yet: a shop needs enough customers with enough events.</p> : (
        <TableFrame name="Reports">
          <thead><tr><th scope="col">Models that were judged</th><th scope="col">Made</th><th scope="col" className="n">Size</th><th scope="col">File</th></tr></thead>
          <tbody>
            {reports.map(({ job_id, created_at, bytes }) => (
              <tr key={job_id}>
                <th scope="row"><Link to={`/admin/jobs/${job_id}`}>{job_id}</Link></th>
                <td>{agoAt(created_at)}</td>
                <td className="n">{size(bytes)}</td>
                <td><button type="button" className="button quiet small-button" aria-label={`Download the report of ${job_id}`} onClick={() => void save(job_id)}>Download</button></td>
              </tr>
            ))}
          </tbody>
        </TableFrame>
      )}
    </Panel>
  );
}
