import { useState } from "react";
import { changeExperiment, experimentResults, getExperiment } from "../../api/experiments";
import type { Experiment } from "../../api/types";
import { count } from "../../lib/format";
import { queries } from "../../lib/query";
import { Link, useParams } from "../../lib/router";
import { PageHeading } from "../../ui/Page";
import { toast } from "../../ui/toast";
import { Confirm } from "../parts/Confirm";
import { Panel, State, TableFrame } from "../parts/pieces";
import { Bones, Failed, Stale } from "../parts/states";
import { usePolled } from "../parts/usePolled";
import { moment } from "../parts/words";
import { kindWords, metricWords, statusWords, tones } from "./experimentWords";
import { Results } from "./Results";

type Change = { status: "running" | "stopped" | "archived" } | { status: "concluded"; winner: string };

/** One experiment: what it compares, what it found, and what can be done about it. */
export function ExperimentPage() {
  const id = Number(useParams().id);
  const key = `admin:/experiments/${id}`;
  const experiment = usePolled(key, (signal) => getExperiment(id, signal), () => 15_000);
  const results = usePolled(`${key}/results`, (signal) => experimentResults(id, signal), () => 15_000);
  const [change, setChange] = useState<Change | undefined>();
  if (experiment.data === undefined) {
    return (
      <div className="room">
        <PageHeading title="Experiment" />
        {experiment.error === undefined ? <Bones what="the experiment" /> : <Failed what="the experiment" error={experiment.error} onRetry={experiment.retry} />}
      </div>
    );
  }
  const { data, tag } = experiment.data;
  const run = async () => {
    if (change === undefined) return;
    await changeExperiment(id, change, tag);
    queries.invalidate("admin:/experiments");
    if (change.status === "concluded") queries.invalidate("admin:/config/recommender");
    toast(outcomes[change.status]);
  };
  return (
    <div className="room">
      <p className="small"><Link to="/admin/experiments">All experiments</Link></p>
      <PageHeading title={data.name} />
      <p className="say">{results.data?.words ?? statusWords[data.status]}</p>
      <Stale queries={[experiment, results]} what="This page" />
      <Panel title="What is compared" aside={<State tone={tones[data.status]}>{statusWords[data.status]}</State>}>
        <Variants experiment={data} />
        <p className="small">
          {`Decided by ${metricWords[data.metric]}; ${kindWords[data.kind]}; what a user does counts for ${data.window_days} days; planned for ${count(data.planned_users)} users.`}
          {data.started_at === null ? "" : ` Started ${moment(data.started_at)}.`}
          {data.ended_at === null ? "" : ` Ended ${moment(data.ended_at)}.`}
        </p>
        <Actions experiment={data} onChange={setChange} />
      </Panel>
      {data.status === "draft" ? null
        : results.data === undefined ? (results.error === undefined ? <Bones what="the results" /> : <Failed what="the results" error={results.error} onRetry={results.retry} />)
        : <Results experiment={data} results={results.data} />}
      {change === undefined ? null : (
        <Confirm title={titles[change.status]} verb={verbs[change.status]} run={run} onClose={() => setChange(undefined)}>
          <p>{questions[change.status]}</p>
        </Confirm>
      )}
    </div>
  );
}

function Variants({ experiment }: { experiment: Experiment }) {
  return (
    <TableFrame name="Variants">
      <thead>
        <tr><th scope="col">Variant</th><th scope="col" className="n">Users</th><th scope="col">Models</th><th scope="col">Settings</th></tr>
      </thead>
      <tbody>
        {experiment.variants.map((each) => {
          const configuration = each.configuration as { candidates?: unknown[]; ranking?: object } | null;
          return (
            <tr key={each.name}>
              <th scope="row">{each.name}{each.name === experiment.winner ? <span className="small line">the winner</span> : null}</th>
              <td className="n">{experiment.kind === "interleaving" ? "all" : `${Math.round(each.share * 100)} %`}</td>
              <td>{configuration === null ? "the shop's own" : (configuration.candidates ?? []).map(modelName).join(", ")}</td>
              <td>
                {configuration === null ? "the shop's own" : (
                  <details className="more">
                    <summary>Show<span className="hidden-text">{` the settings of ${each.name}`}</span></summary>
                    <pre className="small">{JSON.stringify(configuration.ranking ?? {}, null, 1)}</pre>
                  </details>
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </TableFrame>
  );
}

const modelName = (candidate: unknown) => (typeof candidate === "string" ? candidate : String((candidate as { name?: unknown }).name));

function Actions({ experiment, onChange }: { experiment: Experiment; onChange: (change: Change) => void }) {
  const { status, variants } = experiment;
  if (status === "archived") return null;
  return (
    <div className="actions">
      {status === "draft" ? <button type="button" className="button" onClick={() => onChange({ status: "running" })}>Start</button> : null}
      {status === "running" ? <button type="button" className="button quiet" onClick={() => onChange({ status: "stopped" })}>Stop</button> : null}
      {status === "running" || status === "stopped"
        ? variants.map(({ name }) => (
          <button key={name} type="button" className="button quiet" onClick={() => onChange({ status: "concluded", winner: name })}>{`Conclude: ${name} wins`}</button>
        ))
        : null}
      {status === "running" ? null : <button type="button" className="button quiet" onClick={() => onChange({ status: "archived" })}>Archive</button>}
    </div>
  );
}

const titles = { running: "Start this experiment?", stopped: "Stop this experiment?", concluded: "Conclude this experiment?", archived: "Archive this experiment?" } as const;
const verbs = { running: "Start it", stopped: "Stop it", concluded: "Conclude it", archived: "Archive it" } as const;
const questions = {
  running: "The variant's lists are made now, by a run of their own. From then on each user stays in one variant; the shop's other settings and runs go on.",
  stopped: "Everybody gets the shop's own lists again at once. The results stay. It cannot be started again, because its users have been told apart already.",
  concluded: "The winner's settings become the shop's; the next full run judges them as it judges any change, and everybody gets the shop's own lists until then.",
  archived: "It stays in the list with its results, and nothing can be done with it any more.",
} as const;
const outcomes = { running: "Started. Its lists are being made.", stopped: "Stopped.", concluded: "Concluded. The winner's settings hold from the next full run on.", archived: "Archived." } as const;
