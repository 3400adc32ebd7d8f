import { batchStatus, listGenerations, readiness, servingByHour } from "../../api/admin";
import type { BatchStatus, Generation } from "../../api/types";
import { ago, count, counted } from "../../lib/format";
import { Link } from "../../lib/router";
import { PageHeading } from "../../ui/Page";
import { Panel } from "../parts/pieces";
import { RunningJob } from "../parts/RunningJob";
import { StartButton } from "../parts/StartRun";
import { Bones, Failed, Stale } from "../parts/states";
import { usePolled } from "../parts/usePolled";
import { Ticks } from "../parts/Ticks";
import { moment, reasonWords, typeWords, until } from "../parts/words";
import { Budget, useBudgets } from "./Budget";
import { Checks } from "./Checks";
import { concernsOf } from "./concerns";
import type { Concern } from "./concerns";
import { LastRun } from "./LastRun";
import { Serving } from "./Serving";

/** Whether everything is all right, in one screen. */
export function OverviewPage() {
  const status = usePolled("admin:/batch/status", batchStatus, (data) => (data === undefined || data.state === "idle" ? 15_000 : 1_500));
  const live = usePolled("admin:/generations?live", (signal) => listGenerations(1, "live", signal), () => 15_000);
  const ready = usePolled("admin:/health/ready", readiness, () => 30_000);
  const serving = usePolled("admin:/metrics", (signal) => servingByHour(24, signal), () => 60_000);
  const budgets = useBudgets();
  const points = serving.data?.items ?? [];
  const concerns = concernsOf({ status: status.data, readiness: ready.data, lastHour: points[points.length - 1], budgets: budgets.data });
  const job = status.data?.running ?? status.data?.pending;
  return (
    <div className="room">
      <PageHeading title="Overview" />
      {[status, live, ready, serving, budgets].some(({ isLoading }) => isLoading) ? (
        // All at once: what comes later would push the rest down.
        <Bones what="the state of the recommendations" rows={6} />
      ) : status.data === undefined ? (
        <Failed what="the state of the recommendations" error={status.error} onRetry={status.retry} />
      ) : (
        <>
          <Stale queries={[status, live, ready, serving, budgets]} what="This page" />
          {concerns.length > 0 ? <Concerns concerns={concerns} onCheck={() => [ready, serving, budgets].forEach(({ retry }) => retry())} /> : null}
          <Sentence status={status.data} live={live.data?.items.find(isForEverybody)} isWell={concerns.length === 0} />
          <Serving query={serving} />
          <Budget query={budgets} />
          <div className="columns">
            {job ? (
              <Panel title="Running now" aside={<Link to={`/admin/jobs/${job.job_id}`}>{job.job_id}</Link>}>
                <p>{`Lists for ${typeWords[job.job_type]}.`}</p>
                <RunningJob job={job} />
              </Panel>
            ) : <LastRun job={status.data.last_completed} />}
            <Schedule status={status.data} />
          </div>
          <Checks query={ready} />
        </>
      )}
    </div>
  );
}

const isForEverybody = ({ variant }: Generation) => variant === "default";

function Sentence({ status, live, isWell }: { status: BatchStatus; live: Generation | undefined; isWell: boolean }) {
  const { generation, model_version } = status.live;
  if (generation === null) return null;
  const { next_run_at, enabled, due } = status.schedule;
  const next = status.state !== "idle" ? "A run is on its way."
    : !enabled ? "" : due || next_run_at === null ? "The next run is due." : `The next run is ${until(next_run_at)}, at ${moment(next_run_at)}.`;
  return (
    <p className="say">
      {isWell ? <span className="well">All is well: </span> : null}
      {live ? `${counted(live.list_count, "list")} made ${ago(live.created_at)} ${live.list_count === 1 ? "is" : "are"} live. ` : null}
      {next}
      <span className="small say-small">{`Generation ${count(generation)}, model ${model_version ?? "unknown"}.`}</span>
    </p>
  );
}

function Concerns({ concerns, onCheck }: { concerns: Concern[]; onCheck: () => void }) {
  return (
    <section className="concerns" aria-labelledby="concerns">
      <h2 id="concerns">Needs a person</h2>
      <ul>
        {concerns.map(({ text, action, jobId }) => (
          <li key={text}>
            <span>{text}</span>
            {action === "start" ? <StartButton>Start a run</StartButton> : null}
            {action === "check again" ? <button type="button" className="button quiet" onClick={onCheck}>Check again</button> : null}
            {action === "change the schedule" ? <Link className="button quiet" to="/admin/schedule">Change the schedule</Link> : null}
            {action === "look at the job" && jobId ? <Link className="button quiet" to={`/admin/jobs/${jobId}`}>See the job</Link> : null}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Schedule({ status }: { status: BatchStatus }) {
  const { enabled, reason, off_peak } = status.schedule;
  return (
    <Panel title="Next run" aside={<Link to="/admin/schedule">Change the schedule</Link>}>
      <p>{enabled ? reasonWords(reason) : "Runs by the timer are off."}</p>
      {off_peak ? <p className="small">{`Full runs start between ${off_peak.start} and ${off_peak.end}, ${off_peak.time_zone}.`}</p> : null}
      <Ticks ticks={status.ticks} />
    </Panel>
  );
}
