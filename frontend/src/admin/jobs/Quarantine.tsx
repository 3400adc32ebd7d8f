import { quarantinedUsers } from "../../api/admin";
import type { BatchJob } from "../../api/types";
import { count } from "../../lib/format";
import { Link } from "../../lib/router";
import { useQuery } from "../../lib/useQuery";
import { figuresOf } from "../parts/jobFigures";
import { Panel } from "../parts/pieces";
import { Bones, Failed } from "../parts/states";

/** The customers whose lists the run could not make; nothing when there are none. */
export function Quarantine({ job }: { job: BatchJob }) {
  const quarantined = figuresOf(job).quarantined ?? 0;
  return quarantined === 0 ? null : <Customers jobId={job.job_id} expected={quarantined} />;
}

function Customers({ jobId, expected }: { jobId: string; expected: number }) {
  const { data, error, retry } = useQuery(`admin:/batch/quarantines/${jobId}`, (signal) => quarantinedUsers(jobId, signal));
  const title = expected === 1 ? "One customer was left out" : `${count(expected)} customers were left out`;
  if (data === undefined) {
    return <Panel title={title}>{error === undefined ? <Bones what="the customers" rows={Math.min(expected, 4)} /> : <Failed what="the customers" error={error} onRetry={retry} />}</Panel>;
  }
  return (
    <Panel title={title} aside="served on demand instead">
      <ul className="plain-list">
        {data.items.map(({ user_id, reason }, row) => (
          <li key={user_id ?? row}>
            {user_id === null ? "an erased customer" : <Link to={`/admin/customers/${encodeURIComponent(user_id)}`}>{user_id}</Link>}
            <span className="small">{` ${reason}`}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
