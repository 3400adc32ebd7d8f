import type { ErrorBudget } from "../../api/types";
import { count } from "../../lib/format";

/** So many times as fast as the window allows is a page for somebody: at this rate an hour uses 2 % of thirty days' budget. */
export const alarmingBurn = 14.4;

export type Strain = "none" | "burning" | "used";

export function strainOf({ used, burn_rate }: ErrorBudget): Strain {
  if (used !== null && used >= 1) return "used";
  return burn_rate !== null && burn_rate >= alarmingBurn ? "burning" : "none";
}

/** A share that may be close to 1: `99.5 %`. */
export const shareWords = (share: number) => `${Number((100 * share).toFixed(2))} %`;

/** `12 % used: 3 of 25 that may fail`. */
export function usedWords({ used, bad, allowed, requests }: ErrorBudget): string {
  if (used === null) return "nobody asked for a list";
  const may = allowed >= 10 ? count(Math.floor(allowed)) : String(Number(allowed.toFixed(1)));
  return `${count(bad)} of ${count(requests)}; ${may} may`;
}

export function burnWords({ burn_rate }: ErrorBudget): string {
  if (burn_rate === null) return "no request in the last hour";
  if (burn_rate === 0) return "nothing used in the last hour";
  return `last hour: ${burn_rate < 10 ? burn_rate.toFixed(1) : Math.round(burn_rate)} times as fast as the window allows`;
}
