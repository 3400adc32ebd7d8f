import type { PreviewedCustomer, PreviewMove, RecommenderPreview } from "../../api/types";
import { count, counted, percent } from "../../lib/format";

export const activityWords: Record<NonNullable<PreviewedCustomer["activity"]>, string> = {
  heavy: "long history",
  light: "short history",
  newcomer: "no history",
};

/** `U-12, long history`. */
export const customerName = ({ user_id, activity }: PreviewedCustomer) => (activity === null ? user_id : `${user_id}, ${activityWords[activity]}`);

/** The preview in a sentence. */
export function previewSentence({ customers, changed, mean_overlap, complete }: RecommenderPreview): string {
  const looked = complete ? counted(customers.length, "customer") : `the ${counted(customers.length, "customer")} there was time for`;
  if (changed === 0) return `No list changes, of ${looked}.`;
  return `${changed === 1 ? (customers.length === 1 ? "The list changes" : "1 list changes") : changed === customers.length ? "Every list changes" : `${count(changed)} lists change`}, of ${looked}; on average a list keeps ${percent(mean_overlap)} of its products.`;
}

/** What became of a product, as said beside its name in the new list. */
export function arrivalWords({ before, after, words }: PreviewMove): string {
  if (after === null) return `leaves: ${words}`;
  if (before === null) return `new: ${words}`;
  return `${after < before ? "up" : "down"} from ${before}: ${words}`;
}

/** The figures of both sides in words, a row each. */
export function figureRows({ before, after }: Pick<RecommenderPreview, "before" | "after">): [label: string, before: string, after: string][] {
  const share = (value: number | null) => (value === null ? "–" : `${(100 * value).toFixed(1)} %`);
  return [
    ["Different products in these lists", count(before.products), count(after.products)],
    ["… of what may be listed", share(before.coverage), share(after.coverage)],
    ["How unlike the products of a list are", before.diversity?.toFixed(3) ?? "–", after.diversity?.toFixed(3) ?? "–"],
    ["Places that chance decides", share(before.explored_share), share(after.explored_share)],
  ];
}

/** Ids as people list them. */
export const idsOf = (text: string) => [...new Set(text.split(/[\s,;]+/).filter((id) => id !== ""))];
