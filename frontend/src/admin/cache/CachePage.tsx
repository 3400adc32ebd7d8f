import { cacheStats, servingByHour } from "../../api/admin";
import type { CacheStats } from "../../api/types";
import { ago, count, percent } from "../../lib/format";
import { PageHeading } from "../../ui/Page";
import { EmptyState } from "../../ui/states";
import { Panel, TableFrame } from "../parts/pieces";
import { StartButton } from "../parts/StartRun";
import { Bones, Failed, Stale } from "../parts/states";
import { usePolled } from "../parts/usePolled";
import { Ages } from "./Ages";
import { cacheSentence, titleOf } from "./cacheFigures";
import { DropLists } from "./DropLists";
import { HitRate } from "./HitRate";
import { RemakeAll } from "./RemakeAll";

/** The stored lists: who has one, how old they are, how often they answer, and having them made anew. */
export function CachePage() {
  // It reads every list's row.
  const stats = usePolled("admin:/cache/stats", cacheStats, () => 60_000);
  const serving = usePolled("admin:/metrics", (signal) => servingByHour(24, signal), () => 60_000);
  const { data, error, retry, updatedAt } = stats;
  return (
    <div className="room">
      <PageHeading title="Cache" />
      {stats.isLoading || serving.isLoading ? <Bones what="the stored lists" rows={8} />
        : data === undefined ? <Failed what="the stored lists" error={error} onRetry={retry} />
        : data.items.length === 0 ? (
          <EmptyState title="Nothing is stored yet." action={<StartButton>Start a run</StartButton>}>A run makes a list for every customer. Until then they are computed when they are asked for.</EmptyState>
        ) : (
          <>
            <Stale queries={[stats, serving]} what="This page" />
            <p className="say">{cacheSentence(data.items)}</p>
            <Lists stats={data.items} readAt={updatedAt} />
            <Ages stats={data.items} />
            <HitRate query={serving} />
            <div className="columns">
              <DropLists />
              <RemakeAll />
            </div>
          </>
        )}
    </div>
  );
}

function Lists({ stats, readAt }: { stats: CacheStats[]; readAt: number }) {
  return (
    <Panel title="Lists" aside={`counted ${ago(new Date(readAt).toISOString())}`}>
      <TableFrame name="Lists">
        <thead>
          <tr>
            <th scope="col">List</th><th scope="col" className="n">Coverage</th><th scope="col" className="n">Fresh</th>
            <th scope="col" className="n">Stale</th><th scope="col" className="n">Missing</th>
          </tr>
        </thead>
        <tbody>
          {stats.map((each) => (
            <tr key={`${each.variant} ${each.list}`}>
              <th scope="row">{titleOf(each)}</th>
              <td className="n">{each.coverage === null ? "–" : percent(each.coverage)}</td>
              <td className="n">{count(each.fresh)}</td>
              <td className="n">{count(each.stale)}</td>
              <td className="n">{count(each.missing)}</td>
            </tr>
          ))}
        </tbody>
      </TableFrame>
      <p className="small">Coverage: customers with a list. Stale: too old, or from before something that the customer did. Missing: computed when it is asked for.</p>
    </Panel>
  );
}
