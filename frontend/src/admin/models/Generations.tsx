import type { Generation, GenerationList } from "../../api/types";
import { count } from "../../lib/format";
import { Link } from "../../lib/router";
import type { Query } from "../../lib/useQuery";
import { EmptyState } from "../../ui/states";
import { Pager, Panel, State, TableFrame } from "../parts/pieces";
import { StartButton } from "../parts/StartRun";
import { Failed } from "../parts/states";
import { moment } from "../parts/words";

const words = { building: "being made", live: "live", retired: "stored", failed: "failed", dropped: "removed" } as const;
const tones = { building: "busy", live: "good", retired: "plain", failed: "bad", dropped: "plain" } as const;

export function Generations({ query, onActivate, onPage }: {
  query: Query<GenerationList>;
  onActivate: (generation: Generation) => void;
  onPage: (page: number) => void;
}) {
  const { data, error, retry } = query;
  return (
    <Panel title="Generations">
      {data === undefined ? <Failed what="the generations" error={error} onRetry={retry} />
        : data.items.length === 0 ? <EmptyState title="There is none yet." action={<StartButton>Start a run</StartButton>}>A run makes the first one.</EmptyState> : (
          <>
            <TableFrame name="Generations">
              <thead>
                <tr>
                  <th scope="col">Generation</th><th scope="col">State</th><th scope="col" className="n">Lists</th>
                  <th scope="col">Made by</th><th scope="col">Went live</th><th scope="col">Serve it</th>
                </tr>
              </thead>
              <tbody>
                {data.items.map((each) => (
                  <tr key={each.generation}>
                    <th scope="row">
                      {count(each.generation)}
                      {each.variant === "default" ? null : <span className="small line">{`variant ${each.variant}`}</span>}
                    </th>
                    <td><State tone={tones[each.status]}>{words[each.status]}</State></td>
                    <td className="n">{count(each.list_count)}</td>
                    <td>
                      <Link to={`/admin/jobs/${each.job_id}`}>{each.job_id}</Link>
                      <span className="small line">{each.model_version}</span>
                    </td>
                    <td>{each.live_at === null ? "never" : moment(each.live_at)}</td>
                    <td>
                      {each.activation.possible ? (
                        <button type="button" className="button quiet small-button" onClick={() => onActivate(each)}>
                          Serve<span className="hidden-text">{` generation ${each.generation}`}</span>
                        </button>
                      ) : <span className="small">{each.activation.reason}</span>}
                    </td>
                  </tr>
                ))}
              </tbody>
            </TableFrame>
            <Pager page={data.page ?? 1} pageSize={data.page_size} total={data.total} onPage={onPage} />
          </>
        )}
    </Panel>
  );
}
