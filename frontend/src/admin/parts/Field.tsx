// Fields of the dashboard's forms: what is wrong with one is beside it.
import { useId } from "react";
import type { ReactNode } from "react";

export interface InputProps {
  id: string;
  "aria-invalid": boolean;
  "aria-describedby": string | undefined;
}

export function Field({ label, hint, fault, children }: {
  label: string;
  hint?: string;
  fault?: string | undefined;
  children: (input: InputProps) => ReactNode;
}) {
  const id = useId();
  const parts = [fault === undefined ? [] : [`${id}fault`], hint === undefined ? [] : [`${id}hint`]].flat();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, "aria-invalid": fault !== undefined, "aria-describedby": parts.length === 0 ? undefined : parts.join(" ") })}
      {fault === undefined ? null : <p className="field-fault" id={`${id}fault`}>{fault}</p>}
      {hint === undefined ? null : <p className="small field-hint" id={`${id}hint`}>{hint}</p>}
    </div>
  );
}

/** A yes or no with its meaning below. */
export function Tick({ label, hint, isOn, onChange }: { label: string; hint?: string; isOn: boolean; onChange: (isOn: boolean) => void }) {
  const id = useId();
  return (
    <div className="tick">
      <input
        id={id}
        type="checkbox"
        checked={isOn}
        onChange={(event) => onChange(event.target.checked)}
        aria-describedby={hint === undefined ? undefined : `${id}hint`}
      />
      <label htmlFor={id}>{label}</label>
      {hint === undefined ? null : <p className="small" id={`${id}hint`}>{hint}</p>}
    </div>
  );
}
