import { batchStatus } from "../../api/admin";
import { getSchedule, putSchedule } from "../../api/adminEdits";
import type { ScheduleAnswer } from "../../api/adminEdits";
import type { Tagged } from "../../api/client";
import type { BatchStatus } from "../../api/types";
import { Link } from "../../lib/router";
import type { Query } from "../../lib/useQuery";
import { PageHeading } from "../../ui/Page";
import { EditForm } from "../parts/EditForm";
import { Panel, State } from "../parts/pieces";
import { StartButton } from "../parts/StartRun";
import { Bones, Failed, Stale } from "../parts/states";
import { Ticks } from "../parts/Ticks";
import { useEdit } from "../parts/useEdit";
import { usePolled } from "../parts/usePolled";
import { agoAt, reasonWords, until } from "../parts/words";
import { NextRuns, Skipped } from "./Coming";
import { scheduleDraft, scheduleFaults, scheduleOf, scheduleSentence, scheduleWords } from "./scheduleDraft";
import { ScheduleFields } from "./ScheduleFields";

const key = "admin:/config/batch-schedule";

/** When runs start by themselves, why the last ticks started none, and how to change it. */
export function SchedulePage() {
  const schedule = usePolled(key, getSchedule, () => 15_000);
  const status = usePolled("admin:/batch/status", batchStatus, () => 15_000);
  const edit = useEdit({
    key,
    query: schedule,
    read: getSchedule,
    draftOf: scheduleDraft,
    faultsOf: scheduleFaults,
    store: (draft, _, tag) => putSchedule(scheduleOf(draft), tag),
  });
  const { data, error, retry } = schedule;
  return (
    <div className="room">
      <PageHeading title="Schedule" />
      {schedule.isLoading || status.isLoading ? <Bones what="the schedule" rows={8} />
        : data === undefined || edit === undefined ? (error === undefined ? <Bones what="the schedule" rows={8} /> : <Failed what="the schedule" error={error} onRetry={retry} />) : (
          <>
            <Stale queries={[schedule, status]} what="This page" />
            <p className="say">{scheduleSentence(data.data.settings)}</p>
            <div className="columns">
              <NextRun schedule={data} status={status} />
              <NextRuns schedule={data.data} />
            </div>
            <Panel title="Change it" aside={stored(data.data)}>
              <EditForm
                edit={edit}
                name="Schedule"
                wordsOf={scheduleWords}
                after={<p className="small">This is what is stored. A change holds from the next tick on.</p>}
              >
                <ScheduleFields edit={edit} />
                {edit.isChanged && Object.keys(scheduleFaults(edit.draft)).length === 0
                  ? <p className="preview"><span className="small">Once it is saved: </span>{scheduleSentence(scheduleOf(edit.draft))}</p> : null}
              </EditForm>
            </Panel>
            <Skipped schedule={data.data} />
          </>
        )}
    </div>
  );
}

const stored = ({ version, updated_at }: ScheduleAnswer) =>
  updated_at === null ? "never changed: these are the defaults" : `version ${version}, saved ${agoAt(updated_at)}`;

function NextRun({ schedule, status }: { schedule: Tagged<ScheduleAnswer>; status: Query<BatchStatus> }) {
  const { due, reason, next_run_at, last_run_at, settings } = schedule.data;
  const job = status.data?.running ?? status.data?.pending;
  const next = job ? <>A run is on its way: <Link to={`/admin/jobs/${job.job_id}`}>{job.job_id}</Link>.</>
    : due ? "A run is due: the next tick of the timer starts it."
    : next_run_at !== null ? `A run starts ${until(next_run_at)}.`
    : settings.enabled ? "No run is planned." : "Nothing starts by itself.";
  return (
    <Panel title="Next run" aside={job ? undefined : <StartButton>Start one now</StartButton>}>
      <p><State tone={settings.enabled ? "good" : "bad"}>{next}</State></p>
      <p className="small">{reasonWords(reason)}</p>
      <p className="small">{last_run_at === null ? "No run has made lists yet." : `The last run that made lists started ${agoAt(last_run_at)}.`}</p>
      {status.data ? <Ticks ticks={status.data.ticks} /> : <Failed what="what the timers did" error={status.error} onRetry={status.retry} />}
    </Panel>
  );
}
