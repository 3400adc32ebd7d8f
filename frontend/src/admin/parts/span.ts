// Lengths of time as a number and a unit, as people set them.
import type { Faults } from "./useEdit";

export interface Span {
  /** As it was typed. */
  amount: string;
  /** Seconds of the unit. */
  unit: number;
}

export const units = [
  [1, "second"],
  [60, "minute"],
  [3_600, "hour"],
  [86_400, "day"],
] as const;

/** In the largest unit that says it without a fraction. */
export function spanOf(seconds: number): Span {
  const [unit] = [...units].reverse().find(([length]) => seconds % length === 0 && seconds >= length) ?? units[0];
  return { amount: String(seconds / unit), unit };
}

/** NaN when the amount is no number. */
export const secondsOfSpan = ({ amount, unit }: Span) => (amount.trim() === "" ? NaN : Number(amount) * unit);

/** `every 6 hours`, `every minute`. */
export function every(seconds: number): string {
  const { amount, unit } = spanOf(seconds);
  const name = units.find(([length]) => length === unit)?.[1] ?? "second";
  return amount === "1" ? `every ${name}` : `every ${amount} ${name}s`;
}

/** Whole seconds from `least` to `most`. */
export function faultsOfSpan(span: Span, pointer: string, least: number, most: number): Faults {
  const seconds = secondsOfSpan(span);
  if (Number.isInteger(seconds) && seconds >= least && seconds <= most) return {};
  return { [pointer]: `Must be a whole number of seconds, ${least} to ${most / 86_400} days.` };
}
