import type { Model, ModelList } from "../../api/types";
import type { Query } from "../../lib/useQuery";
import { EmptyState } from "../../ui/states";
import { Pager, Panel, State, TableFrame } from "../parts/pieces";
import { Failed } from "../parts/states";
import { moment, score } from "../parts/words";

const words = { candidate: "fitted, not served yet", live: "live", retired: "stored", rejected: "rejected: not good enough to serve" } as const;
const tones = { candidate: "busy", live: "good", retired: "plain", rejected: "bad" } as const;

/** What is compared, in the order of its columns. */
const metrics = [["ndcg@10", "nDCG@10"], ["recall@10", "Recall@10"], ["hit_rate@10", "Hit rate@10"]] as const;

export function Models({ query, onActivate, onPage }: {
  query: Query<ModelList>;
  onActivate: (model: Model) => void;
  onPage: (page: number) => void;
}) {
  const { data, error, retry } = query;
  return (
    <Panel title="Models" aside="higher is better; – where the run judged no models">
      {data === undefined ? <Failed what="the models" error={error} onRetry={retry} />
        : data.items.length === 0 ? <EmptyState title="There is none yet.">The first run fits one.</EmptyState> : (
          <>
            <TableFrame name="Models">
              <thead>
                <tr>
                  <th scope="col">Model</th><th scope="col">State</th>
                  {metrics.map(([name, title]) => <th key={name} scope="col" className="n">{title}</th>)}
                  <th scope="col">Settings</th><th scope="col">Serve it</th>
                </tr>
              </thead>
              <tbody>{data.items.map((model) => <Row key={model.version} model={model} onActivate={onActivate} />)}</tbody>
            </TableFrame>
            <Pager page={data.page ?? 1} pageSize={data.page_size} total={data.total} onPage={onPage} />
          </>
        )}
    </Panel>
  );
}

function Row({ model, onActivate }: { model: Model; onActivate: (model: Model) => void }) {
  const figure = (name: string) => {
    const value = model.metrics[name];
    return typeof value === "number" ? score(value) : "–";
  };
  return (
    <tr>
      <th scope="row">
        {model.algorithm}
        <span className="small line">{`${moment(model.created_at)} · ${model.version}`}</span>
      </th>
      <td>
        <State tone={tones[model.status]}>{words[model.status]}</State>
        {model.artifacts_deleted_at === null ? null : <span className="small line">{`its files were removed ${moment(model.artifacts_deleted_at)}`}</span>}
      </td>
      {metrics.map(([name]) => <td key={name} className="n">{figure(name)}</td>)}
      <td>
        <details className="more">
          <summary>Show<span className="hidden-text">{` the settings of ${model.version}`}</span></summary>
          <dl className="settings">
            {Object.entries(model.parameters).map(([name, value]) => (
              <div key={name}><dt>{name}</dt><dd>{typeof value === "number" ? String(Number(value.toPrecision(4))) : JSON.stringify(value)}</dd></div>
            ))}
          </dl>
        </details>
      </td>
      <td>
        {model.activation.possible ? (
          <button type="button" className="button quiet small-button" onClick={() => onActivate(model)}>
            Serve<span className="hidden-text">{` model ${model.version}`}</span>
          </button>
        ) : <span className="small">{model.activation.reason}</span>}
      </td>
    </tr>
  );
}
