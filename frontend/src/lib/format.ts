// Prices, times and numbers in words, through Intl. The shop's texts are English, so its formats are too.
const locale = "en-GB";

/** Digits after the point of a currency: 2 of GBP, 0 of JPY. */
function fractionDigits(currency: string): number {
  return new Intl.NumberFormat(locale, { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** A price in major units, such as 12.99. */
export function money(amount: number, currency: string): string {
  return new Intl.NumberFormat(locale, { style: "currency", currency }).format(amount);
}

/** The sum of prices times quantities, exact to the minor unit. */
export function total(lines: readonly { price: number; quantity: number; currency: string }[]): number {
  const factor = 10 ** fractionDigits(lines[0]?.currency ?? "GBP");
  return lines.reduce((sum, { price, quantity }) => sum + Math.round(price * factor) * quantity, 0) / factor;
}

export const count = (value: number) => new Intl.NumberFormat(locale).format(value);

/** `1 order`, `2 orders`. */
export const counted = (value: number, one: string, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`;

/** The API's details are clauses, such as `limit must be 1 to 100`. */
export const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");

export const percent = (share: number) => `${Math.round(share * 100)} %`;

/** `3 March`, with the year when it is another one. */
export function day(time: string, now = new Date()): string {
  const date = new Date(time);
  const year = date.getFullYear() === now.getFullYear() ? {} : ({ year: "numeric" } as const);
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", ...year }).format(date);
}

export const dayAndTime = (time: string) =>
  new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short" }).format(new Date(time));

const units = [
  ["minute", 60],
  ["hour", 3_600],
  ["day", 86_400],
  ["month", 2_592_000],
  ["year", 31_536_000],
] as const;

/** `just now`, `2 hours ago`. A time in the future, by a wrong clock, is now. */
export function ago(time: string, now = new Date()): string {
  const seconds = (now.getTime() - new Date(time).getTime()) / 1_000;
  const unit = [...units].reverse().find(([, length]) => seconds >= length);
  if (!unit) return "just now";
  return new Intl.RelativeTimeFormat(locale).format(-Math.floor(seconds / unit[1]), unit[0]);
}

export function greeting(now = new Date()): string {
  const hour = now.getHours();
  if (hour < 5) return "Still up";
  if (hour < 12) return "Good morning";
  return hour < 18 ? "Good afternoon" : "Good evening";
}

/** Imports from other systems shout; `RED MUG` reads as `Red mug`. Names with any lower case stay as they are. */
export function productName(name: string): string {
  if (name !== name.toUpperCase() || name === name.toLowerCase()) return name;
  return name.charAt(0) + name.slice(1).toLowerCase();
}
