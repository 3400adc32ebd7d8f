// The calls of this storefront, one function each. Keys of the query cache are their paths.
import { apiUrl, request } from "./client";
import type { QueryValue } from "./client";
import type {
  CategoryList, HiddenProductList, NewInteraction, OrderList, Product, ProductPage, RecordedInteractions, Recommendations,
  RelatedList, SampleUserList, Session, SignedIn, TrendingList, User,
} from "./types";

const id = encodeURIComponent;

export interface ProductFilter {
  category?: readonly string[];
  min_price?: number | undefined;
  max_price?: number | undefined;
  in_stock?: boolean | undefined;
  min_rating?: number | undefined;
  search?: string | undefined;
  sort?: string | undefined;
  page?: number | undefined;
  page_size?: number | undefined;
  product_ids?: readonly string[] | undefined;
}

export const listProducts = (filter: ProductFilter, signal?: AbortSignal) =>
  request<ProductPage>("/products", { query: filter as Record<string, QueryValue>, ...abort(signal) });

export const getProduct = (product: string, signal?: AbortSignal) =>
  request<Product>(`/products/${id(product)}`, abort(signal));

export const similarProducts = (product: string, user: string | undefined, limit: number, signal?: AbortSignal) =>
  request<RelatedList>(`/products/${id(product)}/similar`, { query: { limit, user_id: user }, ...abort(signal) });

export const boughtTogether = (
  products: readonly string[],
  user: string | undefined,
  limit: number,
  signal?: AbortSignal,
) =>
  request<RelatedList>("/bought-together", { query: { product_ids: products, limit, user_id: user }, ...abort(signal) });

export const listCategories = (signal?: AbortSignal) => request<CategoryList>("/categories", abort(signal));

export const trending = (limit: number, signal?: AbortSignal) =>
  request<TrendingList>("/trending", { query: { limit }, ...abort(signal) });

export const recommendations = (
  user: string,
  query: { list: "discover" | "buy_again"; limit: number; session_id?: string | undefined },
  signal?: AbortSignal,
) => request<Recommendations>(`/recommendations/${id(user)}`, { query, ...abort(signal) });

export const getUser = (user: string, signal?: AbortSignal) => request<User>(`/users/${id(user)}`, abort(signal));

export const listPurchases = (user: string, page: number, signal?: AbortSignal) =>
  request<OrderList>(`/users/${id(user)}/purchases`, { query: { page, page_size: 5 }, ...abort(signal) });

/** Categories with weights: the more, the earlier. */
export const setPreferences = (user: string, categories: Record<string, number>) =>
  request<User>(`/users/${id(user)}/preferences`, { method: "PUT", body: { categories } });

export const sampleUsers = (signal?: AbortSignal) => request<SampleUserList>("/auth/sample-users", abort(signal));

export const login = (user: string) => request<Session>("/auth/login", { method: "POST", body: { user_id: user } });

export const whoAmI = (signal?: AbortSignal) => request<SignedIn>("/auth/me", abort(signal));

export const listHidden = (user: string, signal?: AbortSignal) =>
  request<HiddenProductList>(`/users/${id(user)}/hidden`, abort(signal));

export const recordInteractions = (events: readonly NewInteraction[]) =>
  request<RecordedInteractions>("/interactions", { method: "POST", body: events });

/** The shop's own picture of a product, or the drawing that the API makes of it. */
export function pictureUrl(product: { product_id: string; image?: string | null; metadata?: Record<string, unknown> }): string {
  const own = product.image ?? product.metadata?.["image_url"];
  if (typeof own !== "string" || own === "") return apiUrl(`/products/${id(product.product_id)}/image.svg`);
  // The API names its drawings by a path of its own origin.
  return own.startsWith("/api/") ? SHOP_API_URL + own.slice(4) : own;
}

function abort(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal ? { signal } : {};
}
