import { money, productName } from "../../lib/format";
import { Picture } from "../../ui/Picture";
import { useShopActions } from "../../ui/shopActions";
import { useTogether } from "./useTogether";

/** For the cart: a few small things that others bought with what is in it. Silent when there is nothing to say. */
export function GoesWith({ productIds }: { productIds: readonly string[] }) {
  const query = useTogether(productIds, 6);
  const { addToCart } = useShopActions();
  const items = (query.data?.items ?? []).filter((item) => item.in_stock && !productIds.includes(item.product_id)).slice(0, 3);
  if (items.length === 0) return null;
  return (
    <section className="goes-with" aria-label="Often bought with these">
      <h3>Often bought with these</h3>
      <ul>
        {items.map((item) => (
          <li key={item.product_id}>
            <Picture product={item} />
            <span className="goes-with-name">{productName(item.name)}<span className="price">{money(item.price, item.currency)}</span></span>
            <button type="button" className="button quiet small-button" onClick={() => addToCart(item)}>
              Add<span className="hidden-text">{` ${productName(item.name)}`}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
