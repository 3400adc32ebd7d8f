import type { Experiment, ExperimentResults, Interval } from "../../api/types";
import { count, percent } from "../../lib/format";
import { Panel, Progress, State, TableFrame } from "../parts/pieces";
import { moment } from "../parts/words";
import { liftWords, metricWords, placeOn, reach, valueWords } from "./experimentWords";

const verdictWords = { too_early: "too early to say", undecided: "not decided", better: "better", worse: "worse" } as const;
const verdictTones = { too_early: "plain", undecided: "busy", better: "good", worse: "bad" } as const;

/** What an experiment has found so far: intervals drawn, the same as a table, and what must not get worse. */
export function Results({ experiment, results }: { experiment: Experiment; results: ExperimentResults }) {
  const names = experiment.variants.map(({ name }) => name);
  const ends = reach(results);
  return (
    <>
      <Panel title="Results" aside={`as of ${moment(results.as_of)}`}>
        <Progress percent={100 * results.progress} label={`${percent(results.progress)} of the planned users`} />
        <p className="small">{`${results.users.map((users, index) => `${count(users)} users${results.users.length > 1 ? ` in ${names[index]}` : ""}`).join(", ")}; ${count(experiment.planned_users)} were planned.`}</p>
        {results.metrics.length > 0 ? <Metrics results={results} names={names} ends={ends} /> : null}
        {results.preference === null ? null : <Votes results={results} names={names} ends={ends} />}
        <p className="small">{`Method: ${results.method}.`}</p>
      </Panel>
      <Panel title="What must not get worse">
        <TableFrame name="Guardrails">
          <thead><tr><th scope="col">Watched</th><th scope="col">State</th><th scope="col">In words</th></tr></thead>
          <tbody>
            <tr>
              <th scope="row">shares of users</th>
              <td><State tone={results.sample_ratio.mismatch ? "bad" : "good"}>{results.sample_ratio.mismatch ? "wrong" : "right"}</State></td>
              <td>{results.sample_ratio.mismatch ? "The variants do not have the users that their shares say." : "The variants have the users that their shares say."}</td>
            </tr>
            {results.guardrails.map(({ name, kept, words }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td><State tone={kept === null ? "plain" : kept ? "good" : "bad"}>{kept === null ? "not known" : kept ? "kept" : "not kept"}</State></td>
                <td>{words}</td>
              </tr>
            ))}
          </tbody>
        </TableFrame>
      </Panel>
    </>
  );
}

function Metrics({ results, names, ends }: { results: ExperimentResults; names: string[]; ends: number }) {
  return (
    <TableFrame name="Metrics">
      <thead>
        <tr>
          <th scope="col">Metric</th>
          {names.map((name) => <th key={name} scope="col" className="n">{name}</th>)}
          <th scope="col" className="n">Difference</th><th scope="col" className="n">From … to</th>
          <th scope="col">{`${liftWords(-ends)} … ${liftWords(ends)}`}</th><th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        {results.metrics.map(({ metric, values, lift, verdict }, index) => (
          <tr key={metric}>
            <th scope="row">{metricWords[metric]}{index === 0 ? <span className="small line">decides</span> : null}</th>
            {names.map((name, arm) => <td key={name} className="n">{valueWords(metric, values[arm] ?? null)}</td>)}
            <td className="n">{lift === null ? "–" : liftWords(lift.estimate)}</td>
            <td className="n">{lift === null ? "–" : `${liftWords(lift.lower)} … ${liftWords(lift.upper)}`}</td>
            <td>{lift === null ? null : <Drawn interval={lift} ends={ends} label={`${metricWords[metric]}: ${liftWords(lift.lower)} to ${liftWords(lift.upper)}`} />}</td>
            <td><State tone={verdictTones[verdict]}>{verdictWords[verdict]}</State></td>
          </tr>
        ))}
      </tbody>
    </TableFrame>
  );
}

function Votes({ results, names, ends }: { results: ExperimentResults; names: string[]; ends: number }) {
  const { preference, margin, verdict } = results;
  if (preference === null) return null;
  return (
    <TableFrame name="Votes">
      <thead>
        <tr>
          {names.map((name) => <th key={name} scope="col" className="n">{`clicked more on ${name}`}</th>)}
          <th scope="col" className="n">No difference</th><th scope="col">{`Margin, ${liftWords(-ends)} … ${liftWords(ends)}`}</th><th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <td className="n">{count(preference.first)}</td><td className="n">{count(preference.second)}</td><td className="n">{count(preference.ties)}</td>
          <td>{margin === null ? "–" : <Drawn interval={margin} ends={ends} label={`Margin: ${liftWords(margin.lower)} to ${liftWords(margin.upper)}`} />}</td>
          <td><State tone={verdictTones[verdict]}>{verdictWords[verdict]}</State></td>
        </tr>
      </tbody>
    </TableFrame>
  );
}

/** An interval on a line whose middle is 0. */
function Drawn({ interval, ends, label }: { interval: Interval; ends: number; label: string }) {
  const [from, to, at] = [interval.lower, interval.upper, interval.estimate].map((value) => placeOn(value, -ends, ends)) as [number, number, number];
  return (
    <svg className="interval" viewBox="0 0 100 12" preserveAspectRatio="none" role="img" aria-label={label}>
      <rect className="bar-ground" x="49.75" width="0.5" height="12" />
      <rect className="bar-share" x={from} y="5" width={Math.max(0.5, to - from)} height="2" />
      <rect className="bar-share" x={Math.max(0, at - 0.75)} y="1" width="1.5" height="10" />
    </svg>
  );
}
