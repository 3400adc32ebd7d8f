import { listCategories } from "../../api/endpoints";
import type { Card } from "../../api/card";
import { counted } from "../../lib/format";
import { useQuery } from "../../lib/useQuery";
import { Link } from "../../lib/router";
import { ground, Picture } from "../../ui/Picture";
import { Section } from "../../ui/Section";
import { ErrorState, LoadingNote, StaleNote } from "../../ui/states";

export const useCategories = () => useQuery("/categories", listCategories, { staleTime: 300_000 });

/** The largest first: a long tail of small ones stays behind the product list. */
const shown = 12;

/** A category's picture is that of one of its products among `products`. */
export function CategoryGrid({ products }: { products: readonly Card[] }) {
  const query = useCategories();
  const categories = [...(query.data?.items ?? [])].sort((a, b) => b.product_count - a.product_count).slice(0, shown);
  if (query.data !== undefined && categories.length < 2) return null;
  return (
    <Section title="Browse" aside={<Link to="/products">All products</Link>}>
      <StaleNote query={query} what="the categories" />
      {query.data ? (
        <ul className="cats">
          {categories.map(({ name, product_count }) => {
            const product = products.find((each) => each.category === name);
            return (
              <li key={name}>
                <Link to={`/products?category=${encodeURIComponent(name)}`}>
                  {product ? <Picture product={product} /> : (
                    <span className="picture" data-ground={ground(name)}><span className="picture-initial" aria-hidden="true">{name.charAt(0)}</span></span>
                  )}
                  <span className="cats-name">{name}</span>
                  <span className="small">{counted(product_count, "product")}</span>
                </Link>
              </li>
            );
          })}
        </ul>
      ) : query.error === undefined ? (
        <>
          <LoadingNote>Fetching the categories</LoadingNote>
          <ul className="cats skeleton" aria-hidden="true">
            {Array.from({ length: shown }, (_, index) => (
              <li key={index}><span className="picture bone" /><span className="bone bone-line" /></li>
            ))}
          </ul>
        </>
      ) : <ErrorState what="the categories" error={query.error} onRetry={query.retry} />}
    </Section>
  );
}
