import type { RecommendedProduct } from "../../api/types";
import { productName } from "../../lib/format";

/** The reason in the shop's spelling of names. */
export function reasonText({ reason, evidence }: RecommendedProduct): string {
  return evidence.reduce((text, { name }) => text.replace(name, productName(name)), reason);
}
