import type { BatchJob } from "../../api/types";
import { counted } from "../../lib/format";
import { Link } from "../../lib/router";
import { figuresOf, secondsOf } from "../parts/jobFigures";
import { Panel } from "../parts/pieces";
import { agoAt, duration, triggerWords, typeWords } from "../parts/words";

export function LastRun({ job }: { job: BatchJob | null }) {
  if (job === null) return <Panel title="Last run"><p>There was none yet.</p></Panel>;
  const { users, lists, coverage } = figuresOf(job);
  const seconds = secondsOf(job);
  const made = users === undefined || lists === undefined ? "" : ` ${counted(lists, "list")} for ${counted(users, "customer")}`;
  return (
    <Panel title="Last run" aside={<Link to={`/admin/jobs/${job.job_id}`}>{job.job_id}</Link>}>
      <p>
        {`Lists for ${typeWords[job.job_type]}, started by ${triggerWords[job.trigger]}, ended ${agoAt(job.completed_at ?? job.requested_at)}.`}
      </p>
      <p className="small">
        {`It made${made || " its lists"}${seconds === undefined ? "" : ` in ${duration(seconds)}`}.`}
        {coverage === undefined ? null : ` They hold ${Math.round(coverage * 100)} % of what can be sold.`}
      </p>
      <p className="small"><Link to="/admin/data">The data it was made from</Link>{" · "}<Link to="/admin/cost">What runs cost</Link></p>
    </Panel>
  );
}
