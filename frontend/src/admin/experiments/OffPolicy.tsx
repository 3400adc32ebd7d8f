import { useState } from "react";
import { getRecommender } from "../../api/adminEdits";
import type { OffPolicyEstimate, OffPolicyInterval } from "../../api/types";
import { estimateOffPolicy, offPolicyEstimate } from "../../api/whatIf";
import { count, counted } from "../../lib/format";
import { queries } from "../../lib/query";
import { Field } from "../parts/Field";
import { Panel, State, TableFrame } from "../parts/pieces";
import { Bones, causeOf, Failed } from "../parts/states";
import { usePolled } from "../parts/usePolled";
import { agoAt } from "../parts/words";
import { estimateSentence, models, numberIn, placeOn } from "./experimentWords";

const key = "admin:/experiments/off-policy";

/** What another model would have earned, estimated before any customer sees it. */
export function OffPolicy() {
  const newest = usePolled(key, offPolicyEstimate, (data) => (data?.status === "running" ? 2_000 : undefined));
  const [model, setModel] = useState("item_knn");
  const [diversity, setDiversity] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const fault = diversity.trim() !== "" && numberIn(diversity, 0, 1) === undefined ? "A number from 0 to 1, or nothing." : undefined;
  const isRunning = newest.data?.status === "running";
  const ask = async () => {
    if (isBusy || isRunning || fault !== undefined) return;
    setBusy(true);
    setFailure(undefined);
    try {
      const { data } = await getRecommender();
      const value = numberIn(diversity, 0, 1);
      const ranking = { ...data.settings.ranking, ...(value === undefined ? {} : { diversity: value }) };
      const asked = await estimateOffPolicy({ configuration: { ...data.settings, candidates: [model], ranking } as never });
      queries.set<OffPolicyEstimate | null>(key, () => asked);
    } catch (error) {
      setFailure(error);
    }
    setBusy(false);
  };
  return (
    <Panel title="What would another model earn?" aside="an estimate, before any customer sees it">
      <p>Exploration shows products by chance, with odds that are written down. Weighed by these odds, the clicks on them say how often customers would click with another model. A log that holds too little of what it would show is refused.</p>
      <form
        className="edit"
        aria-label="Estimate"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void ask();
        }}
      >
        <div className="fields">
          <Field label="Model to judge">
            {(input) => <select {...input} value={model} onChange={(event) => setModel(event.target.value)}>{models.map((name) => <option key={name} value={name}>{name}</option>)}</select>}
          </Field>
          <Field label="Its diversity" hint="Nothing keeps the shop's own." fault={fault}>
            {(input) => <input {...input} type="text" inputMode="decimal" value={diversity} onChange={(event) => setDiversity(event.target.value)} />}
          </Field>
        </div>
        <div className="edit-foot">
          <button type="submit" className="button quiet" aria-disabled={isBusy || isRunning}>{isRunning ? "It is being worked on …" : "Estimate"}</button>
          {failure === undefined ? null : <p className="fault" role="alert">{causeOf(failure)}</p>}
        </div>
      </form>
      {newest.data === undefined ? (newest.error === undefined ? <Bones what="the newest estimate" rows={2} /> : <Failed what="the newest estimate" error={newest.error} onRetry={newest.retry} />)
        : newest.data === null ? <p className="small">None was asked for yet.</p> : <Estimate estimate={newest.data} />}
    </Panel>
  );
}

const tones = { running: "busy", done: "good", refused: "plain", failed: "bad" } as const;
const share = (value: number) => `${(100 * value).toFixed(2)} %`;

function Estimate({ estimate }: { estimate: OffPolicyEstimate }) {
  const { status, ips, snips, logged, impressions, users, generations, effective_impressions, requested_at, diversity } = estimate;
  const rows = ips === null || snips === null ? [] : ([["IPS", ips], ["SNIPS", snips]] as const);
  const ends = Math.max(0.0001, ...rows.map(([, { upper }]) => upper), logged ?? 0) * 1.05;
  return (
    <div className="estimate">
      <p role="status"><State tone={tones[status]}>{estimateSentence(estimate)}</State></p>
      {rows.length === 0 ? null : (
        <TableFrame name="Estimated click rates">
          <thead>
            <tr><th scope="col">Clicks per product shown</th><th scope="col" className="n">Estimate</th><th scope="col" className="n">From … to, 95 %</th><th scope="col">{`0 … ${share(ends)}`}</th></tr>
          </thead>
          <tbody>
            {rows.map(([name, interval]) => (
              <tr key={name}>
                <th scope="row">{name}<span className="small line">{name === "IPS" ? "unbiased" : "steadier"}</span></th>
                <td className="n">{share(interval.estimate)}</td>
                <td className="n">{`${share(interval.lower)} … ${share(interval.upper)}`}</td>
                <td><Drawn interval={interval} ends={ends} label={`${name}: ${share(interval.lower)} to ${share(interval.upper)}`} /></td>
              </tr>
            ))}
            <tr><th scope="row">As shown</th><td className="n">{logged === null ? "–" : share(logged)}</td><td className="n">–</td><td /></tr>
          </tbody>
        </TableFrame>
      )}
      <p className="small">
        {`Asked for ${agoAt(requested_at)}, with diversity ${Number(diversity.toFixed(3))}.`}
        {impressions === 0 ? "" : ` From ${counted(impressions, "impression")} of ${counted(users, "customer")}, generations ${generations.join(", ")}.`}
        {effective_impressions === null ? "" : ` For this candidate they are worth ${count(Math.floor(effective_impressions))}.`}
      </p>
    </div>
  );
}

/** An interval on a line from 0. */
function Drawn({ interval, ends, label }: { interval: OffPolicyInterval; ends: number; label: string }) {
  const [from, to, at] = [interval.lower, interval.upper, interval.estimate].map((value) => placeOn(value, 0, ends)) as [number, number, number];
  return (
    <svg className="interval" viewBox="0 0 100 12" preserveAspectRatio="none" role="img" aria-label={label}>
      <rect className="bar-share" x={from} y="5" width={Math.max(0.5, to - from)} height="2" />
      <rect className="bar-share" x={Math.max(0, at - 0.75)} y="1" width="1.5" height="10" />
    </svg>
  );
}
