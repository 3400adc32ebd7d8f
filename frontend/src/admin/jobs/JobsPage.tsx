import { listJobs } from "../../api/admin";
import type { BatchJob } from "../../api/types";
import { count } from "../../lib/format";
import { Link, useSearchParams } from "../../lib/router";
import { PageHeading } from "../../ui/Page";
import { EmptyState } from "../../ui/states";
import { cost } from "../parts/costWords";
import { figuresOf, secondsOf } from "../parts/jobFigures";
import { JobState } from "../parts/JobState";
import { Pager, TableFrame } from "../parts/pieces";
import { progressOf } from "../parts/RunningJob";
import { StartRun } from "../parts/StartRun";
import { Bones, Failed, Stale } from "../parts/states";
import { usePage } from "../parts/usePage";
import { usePolled } from "../parts/usePolled";
import { duration, isOver, moment, statusWords, triggerWords, typeWords } from "../parts/words";

/** Every run, newest first. */
export function JobsPage() {
  const [page, goTo] = usePage();
  const [params, change] = useSearchParams();
  const status = known(params.get("status"), statusWords);
  const type = known(params.get("type"), typeWords);
  const query = usePolled(
    `admin:/batch/jobs?page=${page}&status=${status ?? ""}&type=${type ?? ""}`,
    (signal) => listJobs({ page, status, type }, signal),
    (data) => (data?.items.every(isOver) ? 15_000 : 1_500),
  );
  const choose = (name: string, value: string) => change((next) => {
    next.delete("page");
    if (value === "") next.delete(name);
    else next.set(name, value);
  }, { scroll: false });
  const { data, error, retry } = query;
  return (
    <div className="room">
      <PageHeading title="Jobs" />
      <div className="bar">
        <StartRun />
        <div className="bar">
          <Choice label="State" every="all jobs" words={statusWords} value={status} onChange={(value) => choose("status", value)} />
          <Choice label="Whose lists" every="anybody's" words={typeWords} value={type} onChange={(value) => choose("type", value)} />
        </div>
      </div>
      <Stale queries={[query]} what="This list" />
      {data === undefined ? (error === undefined ? <Bones what="the jobs" /> : <Failed what="the jobs" error={error} onRetry={retry} />)
        : data.items.length === 0 ? (
          status === undefined && type === undefined && page === 1 ? (
            <EmptyState title="Nothing has run yet.">A run reads the shop's data, chooses the best model and makes a list for every customer. Start the first one above.</EmptyState>
          ) : <EmptyState title="No job is like that.">Choose another state or type, or an earlier page.</EmptyState>
        ) : (
          <>
            <Table jobs={data.items} />
            <Pager page={page} pageSize={data.page_size} total={data.total} onPage={goTo} />
          </>
        )}
    </div>
  );
}

/** What the address says, when it is one of the words. */
const known = (given: string | null, words: Record<string, string>) => (given !== null && given in words ? given : undefined);

function Choice({ label, every, words, value, onChange }: {
  label: string;
  every: string;
  words: Record<string, string>;
  value: string | undefined;
  onChange: (value: string) => void;
}) {
  return (
    <label className="field">
      <span>{label}</span>
      <select value={value ?? ""} onChange={(event) => onChange(event.target.value)}>
        <option value="">{every}</option>
        {Object.entries(words).map(([name, text]) => <option key={name} value={name}>{text}</option>)}
      </select>
    </label>
  );
}

function Table({ jobs }: { jobs: BatchJob[] }) {
  return (
    <TableFrame name="Jobs">
      <thead>
        <tr>
          <th scope="col">Job</th><th scope="col">Result</th><th scope="col">Lists for</th><th scope="col">Started by</th>
          <th scope="col" className="n">Took</th><th scope="col" className="n">Customers</th><th scope="col" className="n">Lists</th><th scope="col" className="n">Cost</th>
        </tr>
      </thead>
      <tbody>
        {jobs.map((job) => {
          const { users, lists } = figuresOf(job);
          const seconds = secondsOf(job);
          return (
            <tr key={job.job_id}>
              <th scope="row">
                <Link to={`/admin/jobs/${job.job_id}`}>{job.job_id}</Link>
                <span className="small line">{moment(job.requested_at)}</span>
              </th>
              <td>
                <JobState job={job} />
                {job.error_message ? <span className="small line cut">{job.error_message}</span> : null}
                {isOver(job) ? null : <span className="small line">{progressOf(job)}</span>}
              </td>
              <td>
                {typeWords[job.job_type]}
                {job.variant === "default" ? null : <span className="small line">{`in experiment ${job.variant}`}</span>}
              </td>
              <td>{triggerWords[job.trigger]}</td>
              <td className="n">{seconds === undefined ? "–" : duration(seconds)}</td>
              <td className="n">{users === undefined || !isOver(job) ? "–" : count(users)}</td>
              <td className="n">{lists === undefined || !isOver(job) ? "–" : count(lists)}</td>
              <td className="n">{job.cost === null ? "–" : cost(job.cost.total, job.cost.currency)}</td>
            </tr>
          );
        })}
      </tbody>
    </TableFrame>
  );
}
