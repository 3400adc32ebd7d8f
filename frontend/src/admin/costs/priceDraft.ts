import type { PriceSettings, Prices } from "../../api/types";
import type { Words } from "../parts/editing";
import type { Faults } from "../parts/useEdit";

/** Every price and size as it is typed, by `prices/gb-second` and so on. */
export type PriceDraft = Record<string, string>;

export interface PriceLine {
  /** Of the draft, and with a slash before it the pointer of its fault. */
  id: string;
  name: string;
  unit: string;
  byDefault: number;
  source: string | undefined;
}

export const linesOf = ({ prices, sizes }: Pick<Prices, "prices" | "sizes">): { prices: PriceLine[]; sizes: PriceLine[] } => ({
  prices: prices.map((line) => ({ id: `prices/${line.key}`, name: line.name, unit: line.unit, byDefault: line.default, source: line.source })),
  sizes: sizes.map((line) => ({ id: `sizes/${line.key}`, name: line.name, unit: line.unit, byDefault: line.default, source: undefined })),
});

/** `0.000026`, never `2.6e-5`. */
export const plain = (value: number) => (value !== 0 && value < 1e-3 ? value.toFixed(12).replace(/0+$/, "") : String(value));

export const priceDraft = ({ prices, sizes }: Prices): PriceDraft => Object.fromEntries([
  ...prices.map(({ key, price }) => [`prices/${key}`, plain(price)]),
  ...sizes.map(({ key, size }) => [`sizes/${key}`, plain(size)]),
]);

const numberOf = (text: string) => (text.trim() === "" ? NaN : Number(text));

export function priceFaults(draft: PriceDraft): Faults {
  const wrong = Object.entries(draft).filter(([, text]) => !(numberOf(text) >= 0 && numberOf(text) <= 1e9));
  return Object.fromEntries(wrong.map(([id]) => [`/${id}`, "Must be a number from 0 to 1,000,000,000."]));
}

export function pricesOf(draft: PriceDraft): PriceSettings {
  const group = (name: string) => Object.fromEntries(
    Object.entries(draft).flatMap(([id, text]) => (id.startsWith(`${name}/`) ? [[id.slice(name.length + 1), numberOf(text)]] : [])),
  );
  return { prices: group("prices"), sizes: group("sizes") };
}

export const priceWords = (lines: readonly PriceLine[]) => (draft: PriceDraft): Words =>
  lines.map(({ id, name, unit }) => [`${name}, ${unit}`, draft[id] ?? ""]);
