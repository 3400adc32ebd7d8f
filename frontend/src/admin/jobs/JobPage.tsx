import { useEffect, useRef } from "react";
import { getJob } from "../../api/admin";
import { ApiError } from "../../api/client";
import type { BatchJob } from "../../api/types";
import { count, percent, sentence } from "../../lib/format";
import { queries } from "../../lib/query";
import { Link, useParams } from "../../lib/router";
import { PageHeading } from "../../ui/Page";
import { EmptyState } from "../../ui/states";
import { figuresOf, stageWords } from "../parts/jobFigures";
import { JobState } from "../parts/JobState";
import { Panel, Tile } from "../parts/pieces";
import { RunningJob } from "../parts/RunningJob";
import { StartButton } from "../parts/StartRun";
import { Bones, Failed, Stale } from "../parts/states";
import { usePolled } from "../parts/usePolled";
import { agoAt, isOver, triggerWords, typeWords } from "../parts/words";
import { Cancel } from "./Cancel";
import { JobCost } from "./JobCost";
import { Evaluation } from "./Evaluation";
import { Log } from "./Log";
import { Quarantine } from "./Quarantine";
import { Stages } from "./Stages";

/** One run: how far it is or how it ended, where its time went, what it wrote down. */
export function JobPage() {
  const { id = "" } = useParams();
  const query = usePolled(`admin:/batch/jobs/${id}`, (signal) => getJob(id, signal), (data) => (data && isOver(data) ? undefined : 1_000));
  const { data: job, error, retry } = query;
  useAfterwards(job);
  // What comes when a run ends that somebody watches does not push the rest down.
  const wasOver = useRef<boolean | undefined>(undefined);
  if (job !== undefined) wasOver.current ??= isOver(job);
  const evaluation = job?.job_type === "full" && isOver(job) ? <Evaluation jobId={job.job_id} /> : null;
  return (
    <div className="room">
      <p className="back"><Link to="/admin/jobs">All jobs</Link></p>
      <div className="room-head">
        <PageHeading title={id} />
        {job ? <p role="status"><JobState job={job} /></p> : null}
      </div>
      {job === undefined ? (
        error === undefined ? <Bones what="the job" />
        : error instanceof ApiError && error.status === 404 ? <EmptyState title="There is no such job.">It may have been removed since.</EmptyState>
        : <Failed what="the job" error={error} onRetry={retry} />
      ) : (
        <>
          <Stale queries={[query]} what="This job" />
          <About job={job} />
          <Cause job={job} />
          <section className="panel job-progress" aria-label="Progress">
            <RunningJob job={job} />
            <div className="job-action">{isOver(job) ? <StartButton type={job.job_type} isQuiet>Run it again</StartButton> : <Cancel jobId={id} />}</div>
          </section>
          <Figures job={job} />
          <JobCost job={job} />
          {wasOver.current ? evaluation : null}
          <Quarantine job={job} />
          <Stages job={job} />
          <Log jobId={job.job_id} isOver={isOver(job)} />
          {wasOver.current ? null : evaluation}
        </>
      )}
    </div>
  );
}

/** What else shows the state of jobs and models is old when this one ends. */
function useAfterwards(job: BatchJob | undefined): void {
  const wasRunning = useRef(false);
  const isDone = job !== undefined && isOver(job);
  useEffect(() => {
    if (job === undefined) return;
    if (!isDone) wasRunning.current = true;
    else if (wasRunning.current) {
      wasRunning.current = false;
      for (const prefix of ["admin:/batch/status", "admin:/batch/jobs?", "admin:/batch/logs", "admin:/generations", "admin:/models", "admin:/cache"]) queries.invalidate(prefix);
    }
  }, [job === undefined, isDone]);
}

// Every line and every figure has its place from the start: what is below does not move while the run goes on.

function About({ job }: { job: BatchJob }) {
  const attempts = job.attempts > 1 ? ` ${job.attempts} processes have worked on it.` : "";
  const end = job.completed_at === null ? "It has not ended yet." : `It ended ${agoAt(job.completed_at)}.`;
  const made = job.generation === null ? "No generation was opened" : `Generation ${count(job.generation)}, model ${job.model_version ?? "not known yet"}`;
  return (
    <p className="say">
      {`Lists for ${typeWords[job.job_type]}, asked for by ${triggerWords[job.trigger]} ${agoAt(job.requested_at)}.`}
      <span className="small say-small">{`${end}${attempts}`}</span>
      <span className="small say-small">{`${made}. `}<Link to="/admin/models">Models and generations</Link></span>
    </p>
  );
}

/** Why it ended early; a failure is open at once. */
function Cause({ job: { status, stage, error_message } }: { job: BatchJob }) {
  if (!error_message) return null;
  const at = stageWords[stage] ?? stage;
  if (status === "cancelled") return <div className="note"><p className="note-title">{`It was ended while ${at}.`}</p><p>{sentence(error_message)}</p></div>;
  return <div className="note fault-note" role="alert"><p className="note-title">{`It failed while ${at}.`}</p><p>{error_message}</p></div>;
}

function Figures({ job }: { job: BatchJob }) {
  const { users, items, interactions, lists, emptyLists, filledLists, coverage, usersPerSecond, peakMemoryMB, note } = figuresOf(job);
  const figure = (value: number | undefined) => (value === undefined ? "–" : count(Math.round(value)));
  return (
    <Panel title="Figures">
      <dl className="tiles">
        <Tile label="Customers" figure={figure(users)}>{usersPerSecond === undefined ? "no speed measured" : `${figure(usersPerSecond)} a second`}</Tile>
        <Tile label="Lists" figure={figure(lists)}>{`${figure(emptyLists)} empty, ${figure(filledLists)} filled up`}</Tile>
        <Tile label="Of the products" figure={coverage === undefined ? "–" : percent(coverage)}>are in somebody's list</Tile>
        <Tile label="Memory" figure={peakMemoryMB === undefined ? "–" : `${figure(peakMemoryMB)} MB`}>
          {`at most; ${figure(interactions)} events, ${figure(items)} products`}
        </Tile>
      </dl>
      {note === undefined ? null : <p className="small">{note}</p>}
    </Panel>
  );
}
