import { useEffect } from "react";
import { listProducts } from "../../api/endpoints";
import type { Product } from "../../api/types";
import { useQuery } from "../../lib/useQuery";
import { useCart } from "./cart";

/** A call names at most so many products. */
const most = 100;

async function current(productIds: readonly string[], signal: AbortSignal): Promise<Map<string, Product | null>> {
  const products = new Map<string, Product | null>(productIds.map((productId) => [productId, null]));
  for (let first = 0; first < productIds.length; first += most) {
    const { items } = await listProducts({ product_ids: productIds.slice(first, first + most), page_size: most }, signal);
    for (const product of items) products.set(product.product_id, product);
  }
  return products;
}

/** Compares the cart with the shop when it is looked at. While the shop does not answer the cart stays as it is. */
export function useCartCheck() {
  const lines = useCart((cart) => cart.lines);
  const productIds = lines.map((line) => line.product_id);
  const query = useQuery(
    productIds.length === 0 ? null : `cart:${[...productIds].sort().join(",")}`,
    (signal) => current(productIds, signal),
    { staleTime: 10_000 },
  );
  const { data, updatedAt } = query;
  useEffect(() => {
    if (data) useCart.getState().reconcile(data);
  }, [data, updatedAt]);
  return query;
}
