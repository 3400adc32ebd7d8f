// The state of the product list is its address: everything that can be chosen is a parameter there.
import type { ProductFilter } from "../../api/endpoints";

export const pageSize = 24;

/** What the list can be ordered by, as the API calls it, in the order of the menu. */
export const sorts = [
  ["popular", "Most bought"],
  ["newest", "Newest"],
  ["rating", "Best rated"],
  ["price", "Price, low to high"],
  ["-price", "Price, high to low"],
  ["name", "Name"],
] as const;

function amount(text: string | null): number | undefined {
  if (text === null || text.trim() === "") return undefined;
  const value = Number(text);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}

function stars(text: string | null): number | undefined {
  const value = Number(text);
  return Number.isInteger(value) && value >= 1 && value <= 5 ? value : undefined;
}

/** Reads an address; what makes no sense in it is left out. */
export function filterOf(params: URLSearchParams): ProductFilter & { page: number } {
  const [low, high] = [amount(params.get("min_price")), amount(params.get("max_price"))];
  const isTurned = low !== undefined && high !== undefined && low > high;
  const search = params.get("search")?.trim() || undefined;
  const sort = params.get("sort") ?? undefined;
  const page = Number(params.get("page") ?? 1);
  return {
    category: params.getAll("category"),
    min_price: isTurned ? high : low,
    max_price: isTurned ? low : high,
    in_stock: params.get("in_stock") === "true" ? true : undefined,
    min_rating: stars(params.get("min_rating")),
    search,
    sort: sorts.some(([name]) => name === sort) || (sort === "relevance" && search) ? sort : undefined,
    page: Number.isInteger(page) && page > 0 ? page : 1,
  };
}

export const starsWords = (least: number) => (least === 5 ? "5 stars" : `${least} stars and more`);

export interface Chip {
  label: string;
  /** Takes this filter out of an address. */
  remove(params: URLSearchParams): void;
}

/** The filters that are on, each with a way to turn it off. */
export function chipsOf(filter: ProductFilter, price: (amount: number) => string): Chip[] {
  const chips: Chip[] = [];
  if (filter.search) chips.push({ label: `“${filter.search}”`, remove: (params) => params.delete("search") });
  for (const name of filter.category ?? []) {
    chips.push({
      label: name,
      remove: (params) => {
        const others = params.getAll("category").filter((each) => each !== name);
        params.delete("category");
        for (const each of others) params.append("category", each);
      },
    });
  }
  const { min_price: low, max_price: high } = filter;
  if (low !== undefined || high !== undefined) {
    const label =
      low === undefined ? `up to ${price(high ?? 0)}`
      : high === undefined ? `from ${price(low)}`
      : `${price(low)} to ${price(high)}`;
    chips.push({
      label,
      remove: (params) => {
        params.delete("min_price");
        params.delete("max_price");
      },
    });
  }
  if (filter.min_rating !== undefined) {
    chips.push({ label: starsWords(filter.min_rating), remove: (params) => params.delete("min_rating") });
  }
  if (filter.in_stock) chips.push({ label: "In stock", remove: (params) => params.delete("in_stock") });
  return chips;
}

/** The pages to name around the current one: 1 … 4 5 6 … 12; null is a gap. */
export function pagesAround(current: number, last: number): (number | null)[] {
  const wanted = [...new Set([1, current - 1, current, current + 1, last])].filter((page) => page >= 1 && page <= last);
  wanted.sort((a, b) => a - b);
  return wanted.flatMap((page, index) => {
    const before = wanted[index - 1];
    if (before === undefined || page - before === 1) return [page];
    return page - before === 2 ? [page - 1, page] : [null, page];
  });
}
