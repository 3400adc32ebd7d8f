import { useEffect } from "react";
import { ApiError } from "../../api/client";
import { getProduct } from "../../api/endpoints";
import type { Product } from "../../api/types";
import { useQuery } from "../../lib/useQuery";
import { useCart } from "./cart";

async function current(productIds: readonly string[], signal: AbortSignal): Promise<Map<string, Product | null>> {
  const pairs = await Promise.all(
    productIds.map(async (productId): Promise<[string, Product | null]> => {
      try {
        return [productId, await getProduct(productId, signal)];
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return [productId, null];
        throw error;
      }
    }),
  );
  return new Map(pairs);
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
