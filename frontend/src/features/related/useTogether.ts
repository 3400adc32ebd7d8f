import { boughtTogether } from "../../api/endpoints";
import { useSession } from "../../api/session";
import { useQuery } from "../../lib/useQuery";

/** What other customers bought together with these products. */
export const useTogether = (productIds: readonly string[], limit: number) =>
  useQuery(
    productIds.length === 0 ? null : `/bought-together?${[...productIds].sort().join(",")}`,
    (signal) => boughtTogether(productIds.slice(0, 20), useSession.getState().userId, limit, signal),
    { staleTime: 300_000, keepPrevious: true },
  );
