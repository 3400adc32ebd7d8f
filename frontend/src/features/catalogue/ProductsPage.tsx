import { useState } from "react";
import { apiUrl } from "../../api/client";
import type { QueryValue } from "../../api/client";
import { listProducts } from "../../api/endpoints";
import type { ProductFilter } from "../../api/endpoints";
import type { ProductPage } from "../../api/types";
import { counted, money } from "../../lib/format";
import { queries } from "../../lib/query";
import { useQuery } from "../../lib/useQuery";
import type { Query } from "../../lib/useQuery";
import { Link, useSearchParams } from "../../lib/router";
import { Dialog } from "../../ui/Dialog";
import { CloseIcon, FilterIcon } from "../../ui/icons";
import { PageHeading } from "../../ui/Page";
import { ProductCard } from "../../ui/ProductCard";
import { EmptyState, ErrorState, GridSkeleton, StaleNote } from "../../ui/states";
import { Facets } from "./Facets";
import { chipsOf, filterOf, pageSize, sorts } from "./filter";
import { Pagination } from "./Pagination";

const keyOf = (filter: ProductFilter) => apiUrl("/products", filter as Record<string, QueryValue>);
const wantedBy = (params: URLSearchParams): ProductFilter => ({ ...filterOf(params), page_size: pageSize });

/** Asks for the products of an address before the page is drawn that shows them. */
export function preloadProducts(search: string): void {
  const wanted = wantedBy(new URLSearchParams(search));
  void queries.load(keyOf(wanted), (signal) => listProducts(wanted, signal));
}

/** All products: filters, order and page are the address, so that back, reload and sharing work. */
export function ProductsPage() {
  const [params, setParams] = useSearchParams();
  const [isFilterOpen, setFilterOpen] = useState(false);
  const filter = filterOf(params);
  const wanted = wantedBy(params);
  const query = useQuery(keyOf(wanted), (signal) => listProducts(wanted, signal), { keepPrevious: true });
  const currency = query.data?.items[0]?.currency ?? "GBP";
  const change = (update: (params: URLSearchParams) => void) =>
    setParams((next) => {
      update(next);
      next.delete("page");
    }, { scroll: false });
  const chips = chipsOf(filter, (value) => money(value, currency));
  const clear = () => change((next) => ["search", "category", "min_price", "max_price", "min_rating", "in_stock"].forEach((name) => next.delete(name)));
  const title =
    filter.search ? `“${filter.search}”`
    : filter.category?.length === 1 ? (filter.category[0] ?? "")
    : "All products";
  const facets = <Facets facets={query.data?.facets} filter={filter} currency={currency} change={change} />;
  return (
    <div className="wrap products">
      <div className="products-head">
        <PageHeading title={title} />
        <p className="small" role="status">
          {query.data && !query.isPrevious ? counted(query.data.total, "product") : query.error !== undefined ? "" : "Counting …"}
        </p>
      </div>
      <div className="products-bar">
        <button type="button" className="button quiet filter-button" onClick={() => setFilterOpen(true)}>
          <FilterIcon /> Filters{chips.length > 0 ? ` · ${chips.length}` : ""}
        </button>
        <ul className="chips" aria-label="Filters that are on">
          {chips.map(({ label, remove }) => (
            <li key={label}>
              <button type="button" className="chip" onClick={() => change(remove)}>
                <span className="hidden-text">Remove the filter </span>{label}<CloseIcon />
              </button>
            </li>
          ))}
          {chips.length > 1 ? <li><button type="button" className="link" onClick={clear}>Clear all</button></li> : null}
        </ul>
        <label className="sort">
          <span>Sort by</span>
          <select
            value={filter.sort ?? (filter.search ? "relevance" : "popular")}
            onChange={(event) => change((next) => next.set("sort", event.target.value))}
          >
            {filter.search ? <option value="relevance">Best match</option> : null}
            {sorts.map(([name, label]) => <option key={name} value={name}>{label}</option>)}
          </select>
        </label>
      </div>
      <div className="products-body">
        <aside className="products-aside" aria-label="Filters">{facets}</aside>
        <div className="products-list" data-previous={query.isPrevious} aria-busy={query.isPrevious}>
          <StaleNote query={query} what="the products" />
          {query.data?.corrected_search ? (
            <p className="corrected">{`Nothing is called that. Here is what we found for “${query.data.corrected_search}”.`}</p>
          ) : null}
          <Results query={query} page={filter.page} hasFilters={chips.length > 0} onlySearch={chips.length === 1 ? filter.search : undefined} onClear={clear} params={params} />
        </div>
      </div>
      {isFilterOpen ? (
        <Dialog kind="drawer" title="Filters" onClose={() => setFilterOpen(false)}>
          {facets}
          <p className="dialog-foot">
            <button type="button" className="button" onClick={() => setFilterOpen(false)}>
              {query.data ? `Show ${counted(query.data.total, "product")}` : "Show products"}
            </button>
          </p>
        </Dialog>
      ) : null}
    </div>
  );
}

function Results({ query, page, hasFilters, onlySearch, onClear, params }: {
  query: Query<ProductPage>;
  page: number;
  hasFilters: boolean;
  /** What was searched for, when that is all that narrows the list. */
  onlySearch: string | undefined;
  onClear: () => void;
  params: URLSearchParams;
}) {
  const address = (to: number) => {
    const next = new URLSearchParams(params);
    if (to === 1) next.delete("page");
    else next.set("page", String(to));
    return `/products${next.toString() ? `?${next.toString()}` : ""}`;
  };
  if (!query.data) {
    return query.error === undefined ? <GridSkeleton count={12} what="products" />
      : <ErrorState what="the products" error={query.error} onRetry={query.retry} />;
  }
  const { items, total } = query.data;
  const last = Math.ceil(total / pageSize);
  if (items.length === 0) {
    if (total > 0) {
      return <EmptyState title="There is no such page." action={<Link className="button" to={address(1)}>To the first page</Link>}>
        {`The list ends at page ${last}.`}
      </EmptyState>;
    }
    if (onlySearch !== undefined) {
      return <EmptyState title={`We have nothing like “${onlySearch}”.`} action={<button type="button" className="button" onClick={onClear}>Show all products</button>}>
        Try another word, or look around.
      </EmptyState>;
    }
    return hasFilters ? (
      <EmptyState title="Nothing here matches all of that." action={<button type="button" className="button" onClick={onClear}>Clear all filters</button>}>
        Try fewer filters, or another word.
      </EmptyState>
    ) : <EmptyState title="The shelves are empty.">New products will be here soon.</EmptyState>;
  }
  return (
    <>
      <ul className="grid">
        {items.map((item, index) => (
          <li key={item.product_id}><ProductCard product={item} level={2} isUrgent={index < 4} /></li>
        ))}
      </ul>
      <Pagination page={page} last={last} address={address} />
    </>
  );
}
