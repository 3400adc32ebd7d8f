import { useState } from "react";
import type { Model } from "../../api/types";
import { Field } from "../parts/Field";
import { Panel, TableFrame } from "../parts/pieces";
import { moment } from "../parts/words";
import { comparedModels } from "./evaluations";

/** Two of the models on this page side by side. */
export function CompareModels({ models }: { models: Model[] }) {
  const [first, setFirst] = useState<string | undefined>();
  const [second, setSecond] = useState<string | undefined>();
  if (models.length < 2) return null;
  const one = models.find(({ version }) => version === first) ?? (models[1] as Model);
  const other = models.find(({ version }) => version === second) ?? (models[0] as Model);
  const { metrics, settings } = comparedModels(one, other);
  const pick = (label: string, value: Model, onChange: (version: string) => void) => (
    <Field label={label}>
      {(input) => (
        <select {...input} value={value.version} onChange={(event) => onChange(event.target.value)}>
          {models.map(({ version, algorithm, created_at }) => <option key={version} value={version}>{`${algorithm}, ${moment(created_at)}`}</option>)}
        </select>
      )}
    </Field>
  );
  return (
    <Panel title="Compare two models">
      <div className="fields compare-fields">{pick("Model", one, setFirst)}{pick("Beside model", other, setSecond)}</div>
      {one === other ? <p>Choose two different ones.</p> : (
        <>
          {metrics.length === 0 ? <p>Neither has figures: their runs judged no models.</p> : (
            <TableFrame name="Figures of both models">
              <thead><tr><th scope="col">Figure</th><th scope="col" className="n">{one.algorithm}</th><th scope="col" className="n">{other.algorithm}</th><th scope="col" className="n">Difference</th></tr></thead>
              <tbody>{metrics.map(([name, left, right, difference]) => <tr key={name}><th scope="row">{name}</th><td className="n">{left}</td><td className="n">{right}</td><td className="n">{difference}</td></tr>)}</tbody>
            </TableFrame>
          )}
          <p className="small">{settings.length === 0 ? "Both have the same settings: what differs is the data." : "Where their settings differ:"}</p>
          {settings.length === 0 ? null : (
            <TableFrame name="Settings of both models">
              <thead><tr><th scope="col">Setting</th><th scope="col" className="n">{one.algorithm}</th><th scope="col" className="n">{other.algorithm}</th></tr></thead>
              <tbody>{settings.map(([name, left, right]) => <tr key={name}><th scope="row">{name}</th><td className="n">{left}</td><td className="n">{right}</td></tr>)}</tbody>
            </TableFrame>
          )}
        </>
      )}
    </Panel>
  );
}
