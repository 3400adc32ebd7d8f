import type { ScheduleAnswer } from "../../api/adminEdits";
import { counted } from "../../lib/format";
import { Panel, TableFrame } from "../parts/pieces";
import { moment, reasonWords, until, weekday } from "../parts/words";

/** When the next full runs start. */
export function NextRuns({ schedule: { next_runs, settings, due } }: { schedule: ScheduleAnswer }) {
  return (
    <Panel title="Next five runs" aside="by the schedule that is stored">
      {next_runs.length === 0 ? (
        <p>{settings.enabled ? "None: there is nothing to learn from yet. The first events of customers start the first run." : "None: runs by the timer are off."}</p>
      ) : (
        <>
          <ol className="coming">
            {next_runs.map((time, index) => (
              <li key={time}>
                <time dateTime={time}>{`${weekday(time)} ${moment(time)}`}</time>
                <span className="small">{index === 0 && due ? "due now" : until(time)}</span>
              </li>
            ))}
          </ol>
          <p className="small">If events go on to come as they do now; the timer's next tick starts each, at most a few minutes later.</p>
        </>
      )}
    </Panel>
  );
}

/** Why the timer started nothing, reason by reason. */
export function Skipped({ schedule: { skipped_ticks } }: { schedule: ScheduleAnswer }) {
  return (
    <Panel title="Why ticks started nothing" aside="newest first">
      {skipped_ticks.length === 0 ? <p>No tick of full runs has been skipped in the last 30 days.</p> : (
        <TableFrame name="Skipped ticks">
          <thead><tr><th scope="col">When</th><th scope="col" className="n">Ticks</th><th scope="col">Why</th></tr></thead>
          <tbody>
            {skipped_ticks.map(({ first_at, last_at, count, reason }) => (
              <tr key={last_at}>
                <th scope="row">{count === 1 ? moment(last_at) : `${moment(first_at)} to ${moment(last_at)}`}</th>
                <td className="n"><span aria-hidden="true">{count}</span><span className="hidden-text">{counted(count, "tick")}</span></td>
                <td className="reason-cell">{reasonWords(reason)}</td>
              </tr>
            ))}
          </tbody>
        </TableFrame>
      )}
    </Panel>
  );
}
