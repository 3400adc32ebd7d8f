import { MinusIcon, PlusIcon } from "./icons";

export const mostPieces = 99;

/** How many pieces, with a button on either side. */
export function Stepper({ value, name, least = 1, onChange }: {
  value: number;
  /** Of the product, for screen readers. */
  name: string;
  least?: number;
  onChange: (value: number) => void;
}) {
  return (
    <div className="stepper" role="group" aria-label={`Quantity of ${name}`}>
      <button type="button" disabled={value <= least} onClick={() => onChange(value - 1)} aria-label={`One ${name} less`}>
        <MinusIcon />
      </button>
      <output aria-live="polite">{value}</output>
      <button type="button" disabled={value >= mostPieces} onClick={() => onChange(value + 1)} aria-label={`One ${name} more`}>
        <PlusIcon />
      </button>
    </div>
  );
}
