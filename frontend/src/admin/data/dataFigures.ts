import type { DataSummary, DataWarning } from "../../api/types";
import { count, counted } from "../../lib/format";

export const kindWords: Record<string, string> = {
  view: "viewed", add_to_cart: "put into the cart", purchase: "bought", rating: "rated", feedback: "hidden or liked", impression: "shown in a list", click: "clicked in a list",
};

/** Few pairs have an event: `2.31 %`, `0.0042 %`. */
export const share = (value: number) => `${Number((value * 100).toPrecision(3))} %`;

/** `4.2 MB`. */
export function size(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB"];
  const step = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  return `${Number((bytes / 1_000 ** step).toPrecision(3))} ${units[step] ?? ""}`;
}

export function dataSentence({ interactions, active_users, active_products, sparsity, warnings }: DataSummary): string {
  if (interactions === 0) return "There are no events yet.";
  const look = warnings.length === 0 ? "nothing is noticeable" : warnings.length === 1 ? "one thing should be looked at" : `${count(warnings.length)} things should be looked at`;
  return `${counted(interactions, "event")} of ${counted(active_users, "customer")} with ${counted(active_products, "product")}: ${share(1 - sparsity)} of all pairs have met; ${look}.`;
}

/** What is wrong, why it matters, and what to do. */
export const warningWords: Record<DataWarning["kind"], { title: (count: number) => string; advice: string; of: "products" | "customers" | undefined }> = {
  price_missing: {
    title: (number) => `${counted(number, "product")} without a price`,
    advice: "They can be recommended and bought for nothing. Price them, or switch them off.",
    of: "products",
  },
  text_missing: {
    title: (number) => `${counted(number, "product")} without a description`,
    advice: "What a product is like is read from its texts until enough customers have met it. A sentence helps search and new products.",
    of: "products",
  },
  same_name: {
    title: (number) => `${counted(number, "product")} with a name that another has`,
    advice: "Their customers are divided among them, and lists show the same thing twice. Merge them, or say how they differ.",
    of: "products",
  },
  lone_product: {
    title: (number) => (number === 1 ? "One category with a single product" : `${count(number)} categories with a single product`),
    advice: "Such a category says nothing about what goes together.",
    of: undefined,
  },
  never_met: {
    title: (number) => `${counted(number, "product")} on offer that nobody has met`,
    advice: "No model knows them; new ones get a place by their texts for thirty days.",
    of: "products",
  },
  busy_user: {
    title: (number) => `${counted(number, "customer")} with 2,000 events or more`,
    advice: "They may be machines, or staff. Who is no customer can be erased, and the models learn without them.",
    of: "customers",
  },
  future: {
    title: (number) => `${counted(number, "event")} from the future`,
    advice: "A clock was wrong, or days and months are swapped in a file. Newer events weigh more, so they distort what is popular.",
    of: undefined,
  },
  gap: {
    title: (number) => (number === 1 ? "A week or more without any event" : `${count(number)} times a week or more without any event`),
    advice: "The shop was closed, or events were not sent. Models treat both the same.",
    of: undefined,
  },
};
