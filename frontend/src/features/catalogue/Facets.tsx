import type { ProductFacets } from "../../api/types";
import { count, money } from "../../lib/format";
import type { ProductFilter } from "../../api/endpoints";
import { starsWords } from "./filter";
import { PriceRange } from "./PriceRange";

interface Props {
  facets: ProductFacets | undefined;
  filter: ProductFilter;
  currency: string;
  change: (update: (params: URLSearchParams) => void) => void;
}

/** The filters of the product list with how many products each would leave. */
export function Facets({ facets, filter, currency, change }: Props) {
  const chosen = filter.category ?? [];
  const toggle = (name: string, isOn: boolean) =>
    change((params) => {
      const others = params.getAll("category").filter((each) => each !== name);
      params.delete("category");
      for (const each of isOn ? [...others, name] : others) params.append("category", each);
    });
  // A chosen category that the other filters left empty must stay to be unchosen.
  const missing = chosen.filter((name) => !facets?.categories.some((each) => each.name === name));
  const categories = [...missing.map((name) => ({ name, count: 0 })), ...(facets?.categories ?? [])];
  const ratings = (facets?.rating ?? []).filter(({ stars, count: products }) => stars >= 2 && (products > 0 || filter.min_rating === stars)).sort((a, b) => b.stars - a.stars);
  return (
    <div className="facets" data-waiting={facets === undefined}>
      {facets && categories.length < 2 && chosen.length === 0 ? null : <fieldset>
        <legend>Category</legend>
        {categories.map(({ name, count: products }) => (
          <label key={name} className="choice">
            <input type="checkbox" checked={chosen.includes(name)} onChange={(event) => toggle(name, event.target.checked)} />
            <span>{name}</span>
            <span className="choice-count">{count(products)}</span>
          </label>
        ))}
        {facets ? null : <span className="facets-space" aria-hidden="true" />}
      </fieldset>}
      <fieldset>
        <legend>Price</legend>
        <PriceRange
          least={facets?.price.min ?? 0}
          most={facets?.price.max ?? 0}
          low={filter.min_price}
          high={filter.max_price}
          words={(value) => money(value, currency)}
          onChange={(low, high) =>
            change((params) => {
              if (low === undefined) params.delete("min_price");
              else params.set("min_price", String(low));
              if (high === undefined) params.delete("max_price");
              else params.set("max_price", String(high));
            })
          }
        />
      </fieldset>
      {ratings.length > 0 ? (
        <fieldset>
          <legend>Rating</legend>
          {ratings.map(({ stars, count: products }) => (
            <label key={stars} className="choice">
              <input
                type="radio"
                name="min_rating"
                checked={filter.min_rating === stars}
                onChange={() => change((params) => params.set("min_rating", String(stars)))}
              />
              <span>{starsWords(stars)}</span>
              <span className="choice-count">{count(products)}</span>
            </label>
          ))}
        </fieldset>
      ) : null}
      <fieldset>
        <legend>Stock</legend>
        <label className="choice">
          <input
            type="checkbox"
            checked={filter.in_stock === true}
            onChange={(event) =>
              change((params) => (event.target.checked ? params.set("in_stock", "true") : params.delete("in_stock")))
            }
          />
          <span>In stock only</span>
          <span className="choice-count">{facets ? count(facets.in_stock.true) : ""}</span>
        </label>
      </fieldset>
    </div>
  );
}
