import type { BatchJob } from "../../api/types";
import { percent } from "../../lib/format";
import { isAt, stagesOf, stageWords } from "../parts/jobFigures";
import { Panel } from "../parts/pieces";
import { duration, isOver } from "../parts/words";

/** Where the time went: the stages side by side, as long as they took. Those to come have their places already. */
export function Stages({ job }: { job: BatchJob }) {
  const stages = stagesOf(job);
  const sum = stages.reduce((total, { seconds = 0 }) => total + seconds, 0);
  let at = 0;
  const bars = stages.map(({ name, seconds = 0 }) => {
    const x = at;
    at += sum === 0 ? 0 : (100 * seconds) / sum;
    return { name, x, width: Math.max(0, at - x - 0.3) };
  });
  return (
    <Panel title="Stages" aside={isOver(job) ? duration(sum) : "complete stages so far"}>
      <svg className="stages" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect className="bar-ground" width="100" height="4" />
        {bars.map(({ name, x, width }, index) => <rect key={name} className={index % 2 === 0 ? "bar-share" : "bar-share bar-second"} x={x} width={width} height="4" />)}
      </svg>
      <ol className="stage-list">
        {stages.map(({ name, seconds }) => (
          <li key={name} data-now={!isOver(job) && isAt(job, name)}>
            <span>{stageWords[name] ?? name}</span>
            <span className="small">{seconds === undefined ? "" : percent(seconds / sum)}</span>
            <b>{!isOver(job) && isAt(job, name) ? "now" : seconds === undefined ? "–" : duration(seconds)}</b>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
