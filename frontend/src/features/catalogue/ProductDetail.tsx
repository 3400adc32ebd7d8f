import { useEffect, useState } from "react";
import type { ReactNode } from "react";
import { ApiError } from "../../api/client";
import { getProduct } from "../../api/endpoints";
import { trackOnce } from "../../api/events";
import type { Product } from "../../api/types";
import { money, productName } from "../../lib/format";
import { useQuery } from "../../lib/useQuery";
import { Link } from "../../lib/router";
import { PageHeading } from "../../ui/Page";
import { Picture } from "../../ui/Picture";
import { fewLeft } from "../../ui/ProductCard";
import { Rating } from "../../ui/Rating";
import { useShopActions } from "../../ui/shopActions";
import { EmptyState, ErrorState, LoadingNote, StaleNote } from "../../ui/states";
import { Stepper } from "../../ui/Stepper";
import { galleryOf, specRows, tagsOf } from "./specs";

interface Props {
  productId: string;
  /** What goes with the product, once it is known that there is one. */
  related: (product: Product) => ReactNode;
}

export function ProductDetail({ productId, related }: Props) {
  const query = useQuery(`/products/${productId}`, (signal) => getProduct(productId, signal), { staleTime: 60_000 });
  const isThere = query.data !== undefined;
  useEffect(() => {
    if (isThere) trackOnce(`view:${productId}`, { product_id: productId, interaction_type: "view" });
  }, [isThere, productId]);
  if (!query.data) {
    if (query.error === undefined) return <DetailSkeleton />;
    const isMissing = query.error instanceof ApiError && query.error.status === 404;
    const toAll = <Link className="button" to="/products">To all products</Link>;
    return (
      <div className="wrap lonely">
        <PageHeading title={isMissing ? "We no longer have this" : "This product did not come through"} />
        {isMissing ? <EmptyState title="It may be sold out for good." action={toAll}>Something like it may be on the shelves.</EmptyState>
          : <ErrorState what="this product" error={query.error} onRetry={query.retry} action={toAll} />}
      </div>
    );
  }
  return (
    <div className="wrap">
      <StaleNote query={query} what="this product" />
      <Detail product={query.data} />
      {related(query.data)}
    </div>
  );
}

function stockWords({ in_stock, stock }: Product): string {
  if (!in_stock) return "Sold out for now";
  if (stock === 1) return "The last one";
  return stock <= fewLeft ? `Only ${stock} left` : "In stock, ready to go";
}

function Detail({ product }: { product: Product }) {
  const { addToCart, quantityInCart } = useShopActions();
  const [quantity, setQuantity] = useState(1);
  const name = productName(product.name);
  const rows = specRows(product.metadata);
  const tags = tagsOf(product.metadata);
  const inCart = quantityInCart(product.product_id);
  return (
    <article className="detail">
      <Gallery product={product} />
      <div className="detail-text">
        <nav className="crumbs" aria-label="You are here">
          <ol>
            <li><Link to="/products">All products</Link></li>
            <li><Link to={`/products?category=${encodeURIComponent(product.category)}`}>{product.category}</Link></li>
          </ol>
        </nav>
        <PageHeading title={name} />
        {product.rating_average ? (
          <p><Rating average={product.rating_average} count={product.rating_count} /></p>
        ) : <p className="small">No ratings yet</p>}
        <p className="detail-price">{money(product.price, product.currency)}</p>
        <p className="stock" data-stock={!product.in_stock ? "none" : product.stock <= fewLeft ? "few" : "some"}>{stockWords(product)}</p>
        {product.in_stock ? (
          <div className="buy">
            <Stepper value={quantity} name={name} onChange={setQuantity} />
            <button type="button" className="button" onClick={() => addToCart(product, quantity)}>Add to cart</button>
            {inCart > 0 ? <span className="small">{`${inCart} in your cart`}</span> : null}
          </div>
        ) : null}
        {product.description ? <p className="detail-description">{product.description}</p> : null}
        {rows.length > 0 ? (
          <dl className="specs">
            {rows.map(([label, value]) => <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}
          </dl>
        ) : null}
        {tags.length > 0 ? (
          <ul className="chips" aria-label="More of the same kind">
            {tags.map((tag) => <li key={tag}><Link className="chip" to={`/products?search=${encodeURIComponent(tag)}`}>{tag}</Link></li>)}
          </ul>
        ) : null}
      </div>
    </article>
  );
}

function Gallery({ product }: { product: Product }) {
  const more = galleryOf(product.metadata);
  const [chosen, setChosen] = useState<string | undefined>();
  const name = productName(product.name);
  return (
    <div className="gallery">
      <Picture product={chosen === undefined ? product : { ...product, image: chosen }} isUrgent alt={name} />
      {more.length > 0 ? (
        <ul aria-label={`Pictures of ${name}`}>
          {more.map((url, index) => (
            <li key={url}>
              <button type="button" aria-pressed={chosen === url} aria-label={`Picture ${index + 1}`} onClick={() => setChosen(url)}>
                <img src={url} alt="" width={80} height={100} loading="lazy" />
              </button>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

function DetailSkeleton() {
  return (
    <div className="wrap">
      <LoadingNote>Fetching the product</LoadingNote>
      <div className="detail skeleton" aria-hidden="true">
        <div className="gallery"><span className="picture bone" /></div>
        <div className="detail-text">
          <span className="bone bone-line bone-short" />
          <span className="bone bone-title" />
          <span className="bone bone-line bone-short" />
          <span className="bone bone-block" />
        </div>
      </div>
    </div>
  );
}
