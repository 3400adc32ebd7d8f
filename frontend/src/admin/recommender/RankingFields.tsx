import { percent } from "../../lib/format";
import { Field } from "../parts/Field";
import type { Edit } from "../parts/useEdit";
import type { RecommenderDraft } from "./recommenderDraft";

/** How lists are made of scores. */
export function RankingFields({ edit: { draft, faults, change } }: { edit: Edit<RecommenderDraft> }) {
  return (
    <fieldset>
      <legend>How lists are made</legend>
      <div className="fields">
        <Share
          label="Diversity"
          hint={diversityWords(Number(draft.diversity))}
          most={1}
          fault={faults["/ranking/diversity"]}
          value={draft.diversity}
          onChange={(diversity) => change({ diversity }, "/ranking/diversity")}
        />
        <Share
          label="Exploration"
          hint={explorationWords(Number(draft.exploration))}
          most={0.5}
          fault={faults["/ranking/exploration"]}
          value={draft.exploration}
          onChange={(exploration) => change({ exploration }, "/ranking/exploration")}
        />
        <Field label="List length" hint="Products of a stored list, 1 to 100." fault={faults["/ranking/list_length"]}>
          {(input) => (
            <input {...input} type="number" min={1} max={100} value={draft.listLength} onChange={(event) => change({ listLength: event.target.value }, "/ranking/list_length")} />
          )}
        </Field>
      </div>
    </fieldset>
  );
}

export function diversityWords(value: number): string {
  if (value >= 1) return "1 keeps the order of scores.";
  return value >= 0.5 ? "Mostly by score; what is like the products above it comes later." : "Products that differ come before products that fit best.";
}

export function explorationWords(value: number): string {
  return value === 0 ? "0 is off: nothing is drawn by chance." : `${percent(value)} of the places are drawn by chance, to learn what else is liked.`;
}

/** A number beside a slider that says the same. */
function Share({ label, hint, fault, value, most, onChange }: {
  label: string;
  hint: string;
  fault: string | undefined;
  value: string;
  most: number;
  onChange: (value: string) => void;
}) {
  return (
    <Field label={label} hint={hint} fault={fault}>
      {(input) => (
        <div className="share">
          <input {...input} type="number" min={0} max={most} step="any" value={value} onChange={(event) => onChange(event.target.value)} />
          <input type="range" aria-label={`${label}: slider`} min={0} max={most} step={0.05} value={Number(value) || 0} onChange={(event) => onChange(event.target.value)} />
        </div>
      )}
    </Field>
  );
}
