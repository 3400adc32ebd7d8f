import { useState } from "react";
import type { Generation, GenerationComparison } from "../../api/types";
import { compareGenerations } from "../../api/whatIf";
import { count, counted, percent, productName } from "../../lib/format";
import { Link } from "../../lib/router";
import { useQuery } from "../../lib/useQuery";
import { Field } from "../parts/Field";
import { Panel, TableFrame } from "../parts/pieces";
import { Bones, Failed } from "../parts/states";
import { moment } from "../parts/words";

/** What one generation has changed in the lists of another. */
export function CompareGenerations({ generations }: { generations: Generation[] }) {
  const stored = generations.filter(({ status }) => status === "live" || status === "retired");
  const [first, setFirst] = useState<number | undefined>();
  const [second, setSecond] = useState<number | undefined>();
  const other = stored.find(({ generation }) => generation === second) ?? stored.find(({ status, variant }) => status === "live" && variant === "default") ?? stored[0];
  const one = stored.find(({ generation }) => generation === first) ?? stored.find(({ generation, variant }) => generation !== other?.generation && variant === other?.variant);
  if (one === undefined || other === undefined) return null;
  const pick = (label: string, value: Generation, onChange: (generation: number) => void) => (
    <Field label={label}>
      {(input) => (
        <select {...input} value={value.generation} onChange={(event) => onChange(Number(event.target.value))}>
          {stored.map(({ generation, status, created_at }) => <option key={generation} value={generation}>{`${generation}${status === "live" ? ", live" : ""}, made ${moment(created_at)}`}</option>)}
        </select>
      )}
    </Field>
  );
  return (
    <Panel title="What changed between two generations">
      <div className="fields compare-fields">{pick("Generation", one, setFirst)}{pick("Against generation", other, setSecond)}</div>
      {one === other ? <p>Choose two different ones.</p> : <Comparison before={one.generation} after={other.generation} />}
    </Panel>
  );
}

function Comparison({ before, after }: { before: number; after: number }) {
  const { data, error, retry } = useQuery(`admin:/generations/${before}/compare/${after}`, (signal) => compareGenerations(before, after, signal));
  if (data === undefined) return error === undefined ? <Bones what="both generations" rows={4} /> : <Failed what="both generations" error={error} onRetry={retry} />;
  return (
    <>
      <p className="say">{comparisonSentence(data)}</p>
      <TableFrame name="Coverage of both generations">
        <thead><tr><th scope="col">Lists to discover</th><th scope="col" className="n">{`Generation ${before}`}</th><th scope="col" className="n">{`Generation ${after}`}</th></tr></thead>
        <tbody>
          <tr><th scope="row">Different products</th><td className="n">{count(data.products_before)}</td><td className="n">{count(data.products_after)}</td></tr>
          <tr><th scope="row">… of what can be sold now</th><td className="n">{share(data.products_before, data.sellable)}</td><td className="n">{share(data.products_after, data.sellable)}</td></tr>
        </tbody>
      </TableFrame>
      <div className="columns">
        <Movers title="Listed more often" movers={data.risers} />
        <Movers title="Listed less often" movers={data.fallers} />
      </div>
    </>
  );
}

const share = (products: number, sellable: number) => (sellable === 0 ? "–" : `${Math.min(100, Math.round((100 * products) / sellable))} %`);

export function comparisonSentence({ customers, sampling_step, changed, changed_products, mean_overlap }: GenerationComparison): string {
  if (customers === 0) return "No customer has a list in both.";
  const sample = sampling_step === 1 ? "" : ` (one customer in ${sampling_step} was looked at)`;
  if (changed === 0) return `All ${counted(customers, "list")} are the same in both${sample}.`;
  const order = changed - changed_products;
  return `${count(changed_products)} of ${counted(customers, "list")} have other products${order > 0 ? `, ${count(order)} the same in another order` : ""}; on average ${percent(mean_overlap ?? 1)} of a list is in both${sample}.`;
}

function Movers({ title, movers }: { title: string; movers: GenerationComparison["risers"] }) {
  return (
    <div>
      <h3>{title}</h3>
      {movers.length === 0 ? <p className="small">No product.</p> : (
        <TableFrame name={title}>
          <thead><tr><th scope="col">Product</th><th scope="col" className="n">Before</th><th scope="col" className="n">After</th></tr></thead>
          <tbody>
            {movers.map(({ product_id, name, before, after }, index) => (
              <tr key={product_id ?? index}>
                <th scope="row" className="wide-cell">{product_id === null ? "a product that has left the catalogue" : <Link to={`/admin/products/${product_id}`}>{productName(name ?? product_id)}</Link>}</th>
                <td className="n">{count(before)}</td><td className="n">{count(after)}</td>
              </tr>
            ))}
          </tbody>
        </TableFrame>
      )}
    </div>
  );
}
