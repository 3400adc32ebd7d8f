import type { CacheStats } from "../../api/types";
import { count, counted, percent } from "../../lib/format";
import { duration } from "../parts/words";

export const listWords: Record<CacheStats["list"], string> = { discover: "Recommended", buy_again: "Buy again" };

/** `Recommended`, with the variant where an experiment runs. */
export const titleOf = ({ list, variant }: CacheStats) => (variant === "default" ? listWords[list] : `${listWords[list]}, variant ${variant}`);

/** `up to 1 h`, `1 h to 6 h`, `over 168 h`. */
export function ageWords(ages: CacheStats["ages"], index: number): string {
  const to = ages[index]?.up_to_seconds ?? null;
  const from = ages[index - 1]?.up_to_seconds ?? null;
  const words = (seconds: number) => (seconds >= 172_800 && seconds % 86_400 === 0 ? `${seconds / 86_400} days` : duration(seconds));
  if (to === null) return from === null ? "any age" : `over ${words(from)}`;
  return from === null ? `up to ${words(to)}` : `${words(from)} to ${words(to)}`;
}

/** The state of the lists in a sentence: how many have one, and how many of those are served as they are. */
export function cacheSentence(stats: readonly CacheStats[]): string {
  const main = stats.find(({ list, variant }) => list === "discover" && variant === "default") ?? stats[0];
  if (main === undefined || main.users === 0) return "There are no customers yet.";
  const { users, fresh, stale, missing } = main;
  const have = missing === 0 ? `All ${counted(users, "customer")} have a list` : `${count(users - missing)} of ${counted(users, "customer")} have a list`;
  if (fresh + stale === 0) return `${have}.`;
  const rest = stale === 0 ? "every one is served as it is" : `${percent(fresh / (fresh + stale))} are served as they are, ${count(stale)} are made anew, by the refresh or when they are asked for`;
  return `${have}; ${rest}.`;
}
