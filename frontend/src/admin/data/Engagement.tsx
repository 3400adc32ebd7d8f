import type { DataWeek } from "../../api/types";
import { count, counted, day } from "../../lib/format";
import { Bars } from "../parts/Bars";
import { download, csv } from "../parts/download";
import { Panel, TableFrame } from "../parts/pieces";
import { kindWords } from "./dataFigures";

/** Events week by week: a drawing, and the same figures in a table. */
export function Engagement({ weeks }: { weeks: DataWeek[] }) {
  const kinds = Object.keys(kindWords).filter((kind) => weeks.some(({ by_type }) => by_type[kind] !== undefined));
  const events = weeks.map((week) => week.events);
  const most = Math.max(1, ...events);
  const [first, last] = [weeks[0], weeks[weeks.length - 1]];
  const save = () => download("weeks.csv", csv([
    ["week", "events", ...kinds], ...weeks.map(({ start, events: all, by_type }) => [start, all, ...kinds.map((kind) => by_type[kind] ?? 0)]),
  ]), "text/csv");
  if (first === undefined || last === undefined) return <Panel title="Over time"><p>No week has an event yet.</p></Panel>;
  return (
    <Panel title="Over time" aside={<button type="button" className="button quiet small-button" onClick={save}>Download as CSV</button>}>
      <p>{weeks.length === 1 ? `One week, from ${day(first.start)}: ${counted(first.events, "event")}.` : `${counted(weeks.length, "week")}, at most ${counted(most, "event")} in one.`}</p>
      <Bars label={`Events a week, at most ${count(most)}; the table below has them`} values={events} most={most} />
      <p className="small axis" aria-hidden="true"><span>{day(first.start)}</span><span>{weeks.length === 1 ? "" : day(last.start)}</span></p>
      <details className="more">
        <summary>Each week. Show them as a table</summary>
        <TableFrame name="Events of each week">
          <thead>
            <tr><th scope="col">Week from</th><th scope="col" className="n">Events</th>{kinds.map((kind) => <th key={kind} scope="col" className="n">{kindWords[kind]}</th>)}</tr>
          </thead>
          <tbody>
            {[...weeks].reverse().map(({ start, events: all, by_type }) => (
              <tr key={start}>
                <td>{day(start)}</td><td className="n">{count(all)}</td>
                {kinds.map((kind) => <td key={kind} className="n">{count(by_type[kind] ?? 0)}</td>)}
              </tr>
            ))}
          </tbody>
        </TableFrame>
      </details>
    </Panel>
  );
}
