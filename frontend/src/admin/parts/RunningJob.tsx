import type { BatchJob } from "../../api/types";
import { figuresOf, secondsOf, stageWords } from "./jobFigures";
import { Progress } from "./pieces";
import { duration, isOver, statusWords } from "./words";

/** `making lists · 61 % · 38 s so far · about 20 s left`; of a job that is over how it ended. */
export function progressOf(job: BatchJob): string {
  const seconds = secondsOf(job);
  if (isOver(job)) {
    const done = figuresOf(job).stages.length > 0 && seconds !== undefined ? ` after ${duration(seconds)}` : "";
    return `${statusWords[job.status]}${done}`;
  }
  const isRunning = job.status === "running";
  return [
    stageWords[job.stage] ?? job.stage,
    ...(isRunning ? [`${Math.round(job.progress)} %`] : []),
    ...(seconds === undefined ? [] : [`${duration(seconds)} so far`]),
    ...(job.eta_seconds === null || !isRunning ? [] : [`about ${duration(Math.max(1, job.eta_seconds))} left`]),
  ].join(" · ");
}

/** How far a run is and when it will end. */
export function RunningJob({ job }: { job: BatchJob }) {
  return (
    <div className="running">
      <Progress percent={job.progress} label={`Progress of ${job.job_id}`} />
      <p className="small">{progressOf(job)}</p>
    </div>
  );
}
