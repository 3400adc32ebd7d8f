import { useEffect, useRef, useState } from "react";

interface Props {
  /** Of the products that the other filters leave. */
  least: number;
  most: number;
  low: number | undefined;
  high: number | undefined;
  words: (value: number) => string;
  onChange: (low: number | undefined, high: number | undefined) => void;
}

/** The slider moves on a scale of hundredths that is finer for low prices, where most products are. */
const steps = 100;
const curve = 2;

export function priceAt(step: number, least: number, most: number): number {
  return Math.round(least + (most - least) * (step / steps) ** curve);
}

export function stepOf(price: number, least: number, most: number): number {
  if (most <= least) return 0;
  const share = Math.min(1, Math.max(0, (price - least) / (most - least)));
  return Math.round(steps * share ** (1 / curve));
}

/** Two numbers, and one slider with two handles that says the same. The address changes when the hand lets go. */
export function PriceRange({ least, most, low, high, words, onChange }: Props) {
  // The scale must not move under the hand: it only ever grows while the page is open.
  const scale = useRef({ least, most });
  if (most > 0) {
    scale.current = {
      least: Math.min(Math.floor(least), scale.current.most > 0 ? scale.current.least : Infinity),
      most: Math.max(Math.ceil(most), scale.current.most),
    };
  }
  const { least: bottom, most: top } = scale.current;
  const [draft, setDraft] = useState({ low: low?.toString() ?? "", high: high?.toString() ?? "" });
  useEffect(() => setDraft({ low: low?.toString() ?? "", high: high?.toString() ?? "" }), [low, high]);
  const number = (text: string) => (text.trim() === "" || !Number.isFinite(Number(text)) ? undefined : Math.max(0, Number(text)));
  const commit = (next = draft) => {
    const [from, to] = [number(next.low), number(next.high)];
    const isTurned = from !== undefined && to !== undefined && from > to;
    onChange(isTurned ? to : from, isTurned ? from : to);
  };
  const handles = {
    low: stepOf(number(draft.low) ?? bottom, bottom, top),
    high: number(draft.high) === undefined ? steps : stepOf(number(draft.high) ?? top, bottom, top),
  };
  const slide = (side: "low" | "high", step: number) => {
    const price = priceAt(step, bottom, top);
    const isEnd = side === "low" ? step === 0 : step === steps;
    setDraft({ ...draft, [side]: isEnd ? "" : String(price) });
  };
  const handle = (side: "low" | "high", label: string) => (
    <input
      type="range"
      aria-label={label}
      aria-valuetext={words(priceAt(handles[side], bottom, top))}
      min={0}
      max={steps}
      value={handles[side]}
      onChange={(event) => {
        const step = Number(event.target.value);
        slide(side, side === "low" ? Math.min(step, handles.high - 1) : Math.max(step, handles.low + 1));
      }}
      onPointerUp={() => commit()}
      onKeyUp={(event) => event.key.startsWith("Arrow") && commit()}
    />
  );
  const field = (side: "low" | "high", label: string, placeholder: number) => (
    <label className="price-field">
      <span>{label}</span>
      <input
        type="number"
        inputMode="decimal"
        min={0}
        step="any"
        value={draft[side]}
        placeholder={top > 0 ? String(placeholder) : ""}
        onChange={(event) => setDraft({ ...draft, [side]: event.target.value })}
        onBlur={() => commit()}
        onKeyDown={(event) => event.key === "Enter" && commit()}
      />
    </label>
  );
  return (
    <div className="price-range">
      <div className="slider">
        <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
          <rect className="evidence-ground" width="100" height="4" />
          <rect className="evidence-share" x={handles.low} width={Math.max(0, handles.high - handles.low)} height="4" />
        </svg>
        {handle("low", "Lowest price")}
        {handle("high", "Highest price")}
      </div>
      <div className="price-fields">
        {field("low", "From", bottom)}
        {field("high", "To", top)}
      </div>
    </div>
  );
}
