import type { CacheStats } from "../../api/types";
import { count } from "../../lib/format";
import { Bars } from "../parts/Bars";
import { Panel, TableFrame } from "../parts/pieces";
import { ageWords, titleOf } from "./cacheFigures";

/** How old the lists are: a drawing, and the same figures in a table. */
export function Ages({ stats }: { stats: CacheStats[] }) {
  const ages = stats[0]?.ages ?? [];
  const sums = ages.map((_, index) => stats.reduce((sum, each) => sum + (each.ages[index]?.count ?? 0), 0));
  const most = Math.max(1, ...sums);
  return (
    <Panel title="Ages" aside="since a list was made">
      <div className="chart">
        <div>
          <Bars label={`Lists by age, at most ${count(most)} of one age; the table has them`} values={sums} most={most} />
          <p className="small" aria-hidden="true"><span>{ageWords(ages, 0)}</span><span>{ageWords(ages, ages.length - 1)}</span></p>
        </div>
        <TableFrame name="Lists by age">
          <thead>
            <tr><th scope="col">Age</th>{stats.map((each) => <th key={`${each.variant} ${each.list}`} scope="col" className="n">{titleOf(each)}</th>)}</tr>
          </thead>
          <tbody>
            {ages.map((_, index) => (
              <tr key={index}>
                <th scope="row">{ageWords(ages, index)}</th>
                {stats.map((each) => <td key={`${each.variant} ${each.list}`} className="n">{count(each.ages[index]?.count ?? 0)}</td>)}
              </tr>
            ))}
          </tbody>
        </TableFrame>
      </div>
    </Panel>
  );
}
