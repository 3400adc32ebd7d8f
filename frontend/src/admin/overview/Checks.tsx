import type { Check, Readiness } from "../../api/admin";
import { ago } from "../../lib/format";
import type { Query } from "../../lib/useQuery";
import { Panel, State } from "../parts/pieces";
import { Failed } from "../parts/states";

const names: Record<string, string> = {
  database: "Database",
  blob: "File store",
  model: "Model in memory",
  timer: "Timer",
  pinned_model: "Pinned model",
  settings: "Settings",
};
const words = { ok: "in order", degraded: "works, with a fault", failed: "does not work" } as const;
const tones = { ok: "good", degraded: "busy", failed: "bad" } as const;

/** What the API says of the things that it needs. */
export function Checks({ query }: { query: Query<Readiness> }) {
  const { data, error, retry, updatedAt } = query;
  const build = data?.build === undefined ? "" : `, version ${data.build}`;
  return (
    <Panel title="Can it serve?" aside={data ? `looked ${ago(new Date(updatedAt).toISOString())}${build}` : undefined}>
      {data === undefined ? <Failed what="the checks" error={error} onRetry={retry} /> : (
        <ul className="checks">{data.checks.map((check) => <Line key={check.name} check={check} />)}</ul>
      )}
    </Panel>
  );
}

function Line({ check: { name, status, reason } }: { check: Check }) {
  return (
    <li>
      <span>{names[name] ?? name}</span>
      <State tone={tones[status]}>{words[status]}</State>
      {reason === undefined ? null : <span className="small">{reason}</span>}
    </li>
  );
}
