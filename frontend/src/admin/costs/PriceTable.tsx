import type { Prices } from "../../api/types";
import { EditForm } from "../parts/EditForm";
import { Field } from "../parts/Field";
import { Panel } from "../parts/pieces";
import type { Edit } from "../parts/useEdit";
import { agoAt } from "../parts/words";
import { linesOf, plain, priceWords } from "./priceDraft";
import type { PriceDraft, PriceLine } from "./priceDraft";

/** The prices in force, to be changed: clouds differ by region, contract and year. */
export function PriceTable({ prices, edit }: { prices: Prices; edit: Edit<PriceDraft> }) {
  const lines = linesOf(prices);
  const stored = prices.updated_at === null ? `the defaults, of ${prices.date}` : `version ${prices.version}, saved ${agoAt(prices.updated_at)}`;
  return (
    <Panel title="Prices" aside={stored}>
      <p>{`In ${prices.currency}, for ${prices.region}. What was measured is stored, costs never are: a new price holds for past runs too.`}</p>
      <EditForm edit={edit} name="Prices" wordsOf={priceWords([...lines.prices, ...lines.sizes])}>
        <Lines title="What things cost" lines={lines.prices} edit={edit} />
        <Lines title="How much of what is not measured" lines={lines.sizes} edit={edit} />
      </EditForm>
    </Panel>
  );
}

function Lines({ title, lines, edit: { draft, faults, change } }: { title: string; lines: PriceLine[]; edit: Edit<PriceDraft> }) {
  return (
    <fieldset>
      <legend>{title}</legend>
      <div className="fields">
        {lines.map(({ id, name, unit, byDefault, source }) => (
          <Field key={id} label={`${name}, ${unit}`} hint={`Default ${plain(byDefault)}${source === undefined ? "" : `: ${source}`}.`} fault={faults[`/${id}`]}>
            {(input) => (
              <input {...input} type="number" inputMode="decimal" min={0} step="any" value={draft[id] ?? ""} onChange={(event) => change({ [id]: event.target.value }, `/${id}`)} />
            )}
          </Field>
        ))}
      </div>
    </fieldset>
  );
}
