// What goes with a product or a cart, worked out from the baskets of all customers.
import { similarProducts } from "../../api/endpoints";
import { track, trackOnce } from "../../api/events";
import { useSession } from "../../api/session";
import type { Card } from "../../api/card";
import type { Product } from "../../api/types";
import { money, productName, total } from "../../lib/format";
import { Link } from "../../lib/router";
import { useQuery } from "../../lib/useQuery";
import { Carousel } from "../../ui/Carousel";
import { Picture } from "../../ui/Picture";
import { ProductCard } from "../../ui/ProductCard";
import { Section } from "../../ui/Section";
import { useShopActions } from "../../ui/shopActions";
import { ErrorState, GridSkeleton, StaleNote } from "../../ui/states";
import { toast } from "../../ui/toast";
import { useTogether } from "./useTogether";

export function Similar({ productId }: { productId: string }) {
  const userId = useSession((session) => session.userId);
  const query = useQuery(
    `/products/${productId}/similar?user=${userId ?? ""}`,
    (signal) => similarProducts(productId, userId, 12, signal),
    { staleTime: 300_000 },
  );
  const items = (query.data?.items ?? []).filter(({ product_id }) => product_id !== productId);
  if (query.data !== undefined && items.length === 0) return null;
  const requestId = query.data?.request_id ?? "";
  const origin = (item: Card, index: number) => ({ product_id: item.product_id, request_id: requestId, position: index + 1 });
  return (
    <Section title="You may also like">
      <StaleNote query={query} what="similar products" />
      {query.data ? (
        <Carousel label="Similar products">
          {items.map((item, index) => (
            <ProductCard
              key={item.product_id}
              product={item}
              onSeen={() => trackOnce(`seen:${requestId}:${item.product_id}`, { ...origin(item, index), interaction_type: "impression" })}
              onOpen={() => track({ ...origin(item, index), interaction_type: "click" })}
            />
          ))}
        </Carousel>
      ) : query.error === undefined ? <GridSkeleton count={4} what="similar products" shape="row" />
      : <ErrorState what="similar products" error={query.error} onRetry={query.retry} />}
    </Section>
  );
}

/** This product and two that are bought with it, with one button for all. */
export function BoughtTogether({ product }: { product: Product }) {
  const query = useTogether([product.product_id], 2);
  const { addToCart } = useShopActions();
  const others = (query.data?.items ?? []).filter((item) => item.in_stock && item.product_id !== product.product_id).slice(0, 2);
  if (query.data !== undefined && others.length === 0) return null;
  const all: Card[] = product.in_stock ? [product, ...others] : others;
  const addAll = () => {
    for (const item of all) addToCart(item);
    toast(`${all.length} products are in your cart.`);
  };
  return (
    <Section title="Often bought together">
      {query.data === undefined ? (
        query.error === undefined ? <div className="together together-empty" aria-hidden="true" />
        : <ErrorState what="what goes with it" error={query.error} onRetry={query.retry} />
      ) : (
        <div className="together">
          <ul className="together-list">
            {all.map((item) => (
              <li key={item.product_id}>
                <Picture product={item} />
                <p>
                  {item.product_id === product.product_id ? <span>{productName(item.name)}</span>
                    : <Link to={`/products/${encodeURIComponent(item.product_id)}`}>{productName(item.name)}</Link>}
                  <span className="price">{money(item.price, item.currency)}</span>
                </p>
              </li>
            ))}
          </ul>
          <p className="together-sum">
            <span>{`Together ${money(total(all.map((item) => ({ ...item, quantity: 1 }))), product.currency)}`}</span>
            <button type="button" className="button" onClick={addAll}>{all.length === 3 ? "Add all three" : `Add ${all.length === 2 ? "both" : "it"}`}</button>
          </p>
        </div>
      )}
    </Section>
  );
}
