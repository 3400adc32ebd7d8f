import type { ReactNode } from "react";
import type { Card } from "../api/card";
import { money, productName } from "../lib/format";
import { useSeen } from "../lib/hooks";
import { Link } from "../lib/router";
import { CheckIcon, PlusIcon } from "./icons";
import { Picture } from "./Picture";
import { Rating } from "./Rating";
import { useShopActions } from "./shopActions";

export interface CardProduct extends Card {
  stock?: number;
  rating_average?: number | null;
  rating_count?: number;
  metadata?: Record<string, unknown>;
}

interface Props {
  product: CardProduct;
  /** The level of its heading, below that of the list. */
  level?: 2 | 3 | 4;
  isUrgent?: boolean;
  onSeen?: (() => void) | undefined;
  onOpen?: (() => void) | undefined;
  /** Below the price: why it is here, what can be done with it. */
  children?: ReactNode;
}

/** Few pieces left is worth a word. */
export const fewLeft = 5;

/** A product in a list: all of the card is one link, the button above it puts the product into the cart. */
export function ProductCard({ product, level = 3, isUrgent = false, onSeen, onOpen, children }: Props) {
  const Heading = `h${level}` as "h2" | "h3" | "h4";
  const seen = useSeen<HTMLElement>(onSeen);
  const name = productName(product.name);
  const { stock } = product;
  return (
    <article className="card" ref={seen} data-product={product.product_id}>
      <div className="card-picture">
        <Picture product={product} isUrgent={isUrgent} />
        {product.in_stock ? <AddButton product={product} /> : null}
      </div>
      <Heading className="card-name">
        <Link to={`/products/${encodeURIComponent(product.product_id)}`} onClick={() => onOpen?.()}>{name}</Link>
      </Heading>
      <p className="card-facts">
        <span className="price">{money(product.price, product.currency)}</span>
        {!product.in_stock ? <span className="tag">Sold out</span>
          : stock !== undefined && stock <= fewLeft ? <span className="tag">{stock} left</span>
          : product.rating_average ? <Rating average={product.rating_average} count={product.rating_count ?? 0} /> : null}
      </p>
      {children}
    </article>
  );
}

function AddButton({ product }: { product: CardProduct }) {
  const { addToCart, quantityInCart } = useShopActions();
  const quantity = quantityInCart(product.product_id);
  const label = `Add ${productName(product.name)} to the cart`;
  return (
    <button
      type="button"
      className="card-add"
      data-in-cart={quantity > 0}
      aria-label={quantity > 0 ? `${label} (${quantity} in it)` : label}
      onClick={() => addToCart(product)}
    >
      {quantity > 0 ? <CheckIcon /> : <PlusIcon />}
    </button>
  );
}

/** The place of a card while its product is on the way. */
export function CardSkeleton() {
  return (
    <div className="card skeleton" aria-hidden="true">
      <div className="card-picture"><span className="picture bone" /></div>
      <span className="bone bone-line" />
      <span className="bone bone-line bone-short" />
    </div>
  );
}
