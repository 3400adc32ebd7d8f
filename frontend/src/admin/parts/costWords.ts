// Small amounts of money: a run costs fractions of a cent.
import { count, money } from "../../lib/format";

/** `US$12.41`, `0.31 cents`, `under 0.001 cents`; of a currency without cents the plain figure. */
export function cost(amount: number, currency: string): string {
  if (amount === 0) return money(0, currency);
  if (amount >= 0.1) return money(amount, currency);
  if (currency !== "USD" && currency !== "EUR") return `${amount.toPrecision(2)} ${currency}`;
  const cents = amount * 100;
  if (cents < 0.001) return "under 0.001 cents";
  return `${Number(cents.toPrecision(2))} cents`;
}

/** Three digits that count, and no more than people read. */
export const quantity = (value: number) => count(value >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
