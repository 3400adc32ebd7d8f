import { Field } from "./Field";
import { units } from "./span";
import type { Span } from "./span";

/** A length of time: a number beside its unit. */
export function SpanField({ label, hint, fault, value, onChange }: {
  label: string;
  hint?: string;
  fault?: string | undefined;
  value: Span;
  onChange: (value: Span) => void;
}) {
  return (
    <Field label={label} {...(hint === undefined ? {} : { hint })} fault={fault}>
      {(input) => (
        <div className="span">
          <input
            {...input}
            type="number"
            inputMode="numeric"
            min={1}
            step="any"
            value={value.amount}
            onChange={(event) => onChange({ ...value, amount: event.target.value })}
          />
          <select aria-label={`${label}: unit`} value={value.unit} onChange={(event) => onChange({ ...value, unit: Number(event.target.value) })}>
            {units.map(([length, name]) => <option key={length} value={length}>{`${name}s`}</option>)}
          </select>
        </div>
      )}
    </Field>
  );
}
