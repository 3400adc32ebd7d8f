import type { ServingStep, ServingStepList } from "../../api/types";
import { count, percent } from "../../lib/format";
import type { Query } from "../../lib/useQuery";
import { Bars } from "../parts/Bars";
import { Panel, TableFrame, Tile } from "../parts/pieces";
import { Failed } from "../parts/states";
import { milliseconds, moment } from "../parts/words";

/** How requests were answered in the last day, hour by hour. */
export function Serving({ query }: { query: Query<ServingStepList | null> }) {
  const { data, error, retry } = query;
  if (data === null) {
    return <Panel title="Serving"><p>This version of the API does not measure how it serves.</p></Panel>;
  }
  if (data === undefined) {
    return <Failed what="how requests were answered" error={error} onRetry={retry} />;
  }
  const hour = data.items[data.items.length - 1];
  const served = data.items.reduce((sum, { requests }) => sum + requests, 0);
  return (
    <Panel title="Serving" aside="all instances, last 24 hours">
      {hour === undefined || served === 0 ? (
        <p>No request came in the last 24 hours. Open the shop, and its requests appear here within a minute.</p>
      ) : (
        <>
          <Figures hour={hour} />
          <Hours points={data.items} />
        </>
      )}
    </Panel>
  );
}

function Figures({ hour }: { hour: ServingStep }) {
  const lists = Object.values(hour.sources).reduce((sum, requests) => sum + requests, 0);
  const cached = hour.sources["cache"] ?? 0;
  return (
    <>
      <p className="small">{`Since ${moment(hour.start)}`}</p>
      <dl className="tiles">
        <Tile label="Requests" figure={count(hour.requests)}>{hour.errors === 0 ? "none failed" : `${count(hour.errors)} failed`}</Tile>
        <Tile label="Lists from the cache" figure={hour.hit_rate === null ? "–" : percent(hour.hit_rate)}>
          {hour.hit_rate === null ? "no list was asked for" : `${count(cached)} of ${count(lists)}`}
        </Tile>
        <Tile label="Half within" figure={hour.p50_ms === null ? "–" : milliseconds(hour.p50_ms)}>of all requests</Tile>
        <Tile label="Slowest 5 % from" figure={hour.p95_ms === null ? "–" : milliseconds(hour.p95_ms)}>
          {hour.p99_ms === null ? "no request" : `slowest 1 % from ${milliseconds(hour.p99_ms)}`}
        </Tile>
      </dl>
    </>
  );
}

/** A bar an hour; the same figures in a table for whoever wants them exactly. */
function Hours({ points }: { points: ServingStep[] }) {
  const most = Math.max(1, ...points.map(({ requests }) => requests));
  return (
    <>
      <Bars label={`Requests an hour, at most ${count(most)}; the table below has them`} values={points.map(({ requests }) => requests)} most={most} />
      <details className="more">
        <summary>{`Requests an hour: at most ${count(most)}. Show them as a table`}</summary>
        <TableFrame name="Requests of each hour">
          <thead>
            <tr><th scope="col">Hour from</th><th scope="col" className="n">Requests</th><th scope="col" className="n">Failed</th><th scope="col" className="n">From the cache</th><th scope="col" className="n">Slowest 5 % from</th></tr>
          </thead>
          <tbody>
            {[...points].reverse().map(({ start, requests, errors, hit_rate, p95_ms }) => (
              <tr key={start}>
                <td>{moment(start)}</td>
                <td className="n">{count(requests)}</td>
                <td className="n">{count(errors)}</td>
                <td className="n">{hit_rate === null ? "–" : percent(hit_rate)}</td>
                <td className="n">{p95_ms === null ? "–" : milliseconds(p95_ms)}</td>
              </tr>
            ))}
          </tbody>
        </TableFrame>
      </details>
    </>
  );
}
