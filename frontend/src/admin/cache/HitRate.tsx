import type { ServingStepList } from "../../api/types";
import { count, percent } from "../../lib/format";
import type { Query } from "../../lib/useQuery";
import { Bars } from "../parts/Bars";
import { Panel, TableFrame } from "../parts/pieces";
import { Failed } from "../parts/states";
import { moment } from "../parts/words";

/** How often a stored list answered, hour by hour. */
export function HitRate({ query }: { query: Query<ServingStepList | null> }) {
  const { data, error, retry } = query;
  if (data === null) return <Panel title="From the cache"><p>This version of the API does not measure how it serves.</p></Panel>;
  if (data === undefined) return <Failed what="how requests were answered" error={error} onRetry={retry} />;
  const hours = data.items.map(({ start, sources, hit_rate }) => ({
    start, hitRate: hit_rate, lists: Object.values(sources).reduce((sum, lists) => sum + lists, 0), cached: sources["cache"] ?? 0,
  }));
  const lists = hours.reduce((sum, hour) => sum + hour.lists, 0);
  const cached = hours.reduce((sum, hour) => sum + hour.cached, 0);
  return (
    <Panel title="From the cache" aside="all instances, last 24 hours">
      {lists === 0 ? <p>No list was asked for in the last 24 hours. Open the shop, and its requests appear here within a minute.</p> : (
        <>
          <p>{`${percent(cached / lists)} of the lists that were asked for: ${count(cached)} of ${count(lists)}.`}</p>
          <Bars label="Share of lists from the cache, hour by hour, the height of the drawing is 100 %; the table below has them" values={hours.map(({ hitRate }) => hitRate)} most={1} />
          <details className="more">
            <summary>Each hour; the height of the drawing is 100 %. Show them as a table</summary>
            <TableFrame name="Lists of each hour">
              <thead><tr><th scope="col">Hour from</th><th scope="col" className="n">Lists</th><th scope="col" className="n">From the cache</th><th scope="col" className="n">Share</th></tr></thead>
              <tbody>
                {[...hours].reverse().map((hour) => (
                  <tr key={hour.start}>
                    <td>{moment(hour.start)}</td>
                    <td className="n">{count(hour.lists)}</td>
                    <td className="n">{count(hour.cached)}</td>
                    <td className="n">{hour.hitRate === null ? "–" : percent(hour.hitRate)}</td>
                  </tr>
                ))}
              </tbody>
            </TableFrame>
          </details>
        </>
      )}
    </Panel>
  );
}
