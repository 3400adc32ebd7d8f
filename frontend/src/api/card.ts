import type { TrendingProduct } from "./types";

/** What every list says of a product: enough for a card of it. */
export type Card = Pick<TrendingProduct, "product_id" | "name" | "category" | "price" | "currency" | "in_stock" | "image">;
