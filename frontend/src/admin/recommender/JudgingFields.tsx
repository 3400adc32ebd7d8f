import { Field } from "../parts/Field";
import { SpanField } from "../parts/SpanField";
import type { Edit } from "../parts/useEdit";
import type { RecommenderDraft } from "./recommenderDraft";

/** When models are judged, and on whom. */
export function JudgingFields({ edit: { draft, faults, change } }: { edit: Edit<RecommenderDraft> }) {
  const number = (label: string, hint: string, name: "growth" | "maxUsers" | "minUsers", pointer: string) => (
    <Field label={label} hint={hint} fault={faults[pointer]}>
      {(input) => <input {...input} type="number" min={0} step="any" value={draft[name]} onChange={(event) => change({ [name]: event.target.value }, pointer)} />}
    </Field>
  );
  return (
    <fieldset>
      <legend>When models are judged</legend>
      <div className="fields">
        <SpanField
          label="Judged anew after"
          hint="A run before that keeps the model."
          fault={faults["/evaluation/interval_seconds"]}
          value={draft.judgedEvery}
          onChange={(judgedEvery) => change({ judgedEvery }, "/evaluation/interval_seconds")}
        />
        {number("Or after growth of, percent", "More events since the last time.", "growth", "/evaluation/growth")}
        {number("On customers, at most", "A larger shop's are drawn.", "maxUsers", "/evaluation/max_users")}
        {number("On customers, at least", "With fewer the first model is taken.", "minUsers", "/evaluation/min_users")}
      </div>
    </fieldset>
  );
}
