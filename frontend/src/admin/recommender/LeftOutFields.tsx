import { useState } from "react";
import { CloseIcon } from "../../ui/icons";
import { Field } from "../parts/Field";
import type { Edit } from "../parts/useEdit";
import type { RecommenderDraft } from "./recommenderDraft";

/** What is never recommended. */
export function LeftOutFields({ edit: { draft, faults, change }, categories }: { edit: Edit<RecommenderDraft>; categories: string[] }) {
  return (
    <fieldset>
      <legend>What is never in a list</legend>
      <div className="fields">
        <Field label="Cheaper than" hint="Empty for any price." fault={faults["/ranking/min_price"]}>
          {(input) => (
            <input {...input} type="number" min={0} step="any" value={draft.minPrice} onChange={(event) => change({ minPrice: event.target.value }, "/ranking/min_price")} />
          )}
        </Field>
        <Field label="Dearer than" hint="Empty for any price." fault={faults["/ranking/max_price"]}>
          {(input) => (
            <input {...input} type="number" min={0} step="any" value={draft.maxPrice} onChange={(event) => change({ maxPrice: event.target.value }, "/ranking/max_price")} />
          )}
        </Field>
      </div>
      <Names
        label="Category"
        none="No category is left out."
        suggestions={categories}
        fault={faultOf(faults, "/ranking/excluded_categories")}
        values={draft.categories}
        onChange={(next) => change({ categories: next }, "/ranking/excluded_categories")}
      />
      <Names
        label="Product"
        none="No product is left out."
        hint="By its id, such as a gift card's."
        suggestions={[]}
        fault={faultOf(faults, "/ranking/excluded_products")}
        values={draft.products}
        onChange={(next) => change({ products: next }, "/ranking/excluded_products")}
      />
    </fieldset>
  );
}

/** Of the list or of one of its entries. */
const faultOf = (faults: Readonly<Record<string, string>>, pointer: string) =>
  Object.entries(faults).find(([name]) => name === pointer || name.startsWith(`${pointer}/`))?.[1];

/** A list of names: each can be removed, one is added by its name. */
function Names({ label, none, hint, suggestions, fault, values, onChange }: {
  label: string;
  none: string;
  hint?: string;
  suggestions: string[];
  fault: string | undefined;
  values: string[];
  onChange: (values: string[]) => void;
}) {
  const [text, setText] = useState("");
  const add = () => {
    const name = text.trim();
    if (name !== "" && !values.includes(name)) onChange([...values, name]);
    setText("");
  };
  return (
    <div className="names">
      <Field label={`${label} to leave out`} {...(hint === undefined ? {} : { hint })} fault={fault}>
        {(input) => (
          <div className="names-add">
            <input
              {...input}
              type="text"
              list={`${input.id}list`}
              maxLength={200}
              value={text}
              onChange={(event) => setText(event.target.value)}
              onKeyDown={(event) => {
                // Adds the name, where it would save the form.
                if (event.key !== "Enter") return;
                event.preventDefault();
                add();
              }}
            />
            <datalist id={`${input.id}list`}>{suggestions.filter((each) => !values.includes(each)).map((each) => <option key={each} value={each} />)}</datalist>
            <button type="button" className="button quiet small-button" onClick={add}>Add<span className="hidden-text">{` the ${label.toLowerCase()}`}</span></button>
          </div>
        )}
      </Field>
      {values.length === 0 ? <p className="small">{none}</p> : (
        <ul className="chips">
          {values.map((value) => (
            <li key={value}>
              <button type="button" className="chip" onClick={() => onChange(values.filter((each) => each !== value))}>
                <span className="hidden-text">{`Let ${label.toLowerCase()} `}</span>{value}<span className="hidden-text"> in again</span><CloseIcon />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
