import type { Card } from "../../api/card";
import { trending } from "../../api/endpoints";
import { queries } from "../../lib/query";
import { useQuery } from "../../lib/useQuery";
import type { Query } from "../../lib/useQuery";
import { Carousel } from "../../ui/Carousel";
import { ProductCard } from "../../ui/ProductCard";
import { Section } from "../../ui/Section";
import { EmptyState, ErrorState, GridSkeleton, StaleNote } from "../../ui/states";

/** Enough to find a picture for most categories as well. */
const fetched = 60;
const shown = 16;

export interface Popular {
  items: Card[];
  /** Whether it is what sells now; else what sold most at any time, as after a quiet week. */
  isNow: boolean;
}

async function popular(signal: AbortSignal): Promise<Popular> {
  const { items, based_on } = await trending(fetched, signal);
  return { items, isNow: based_on === "window" };
}

const key = "/trending";

export const usePopular = () => useQuery(key, popular, { staleTime: 60_000 });

/** Asks before the page is drawn that shows it. */
export const preloadPopular = () => queries.load(key, popular);

export function Trending({ query }: { query: Query<Popular> }) {
  const { items: all = [], isNow = true } = query.data ?? {};
  const items = all.slice(0, shown);
  const title = isNow ? "Selling now" : "Most bought";
  return (
    <Section title={title} note={isNow ? "This week, in the whole shop" : "In the whole shop"}>
      <StaleNote query={query} what="this list" />
      {query.data === undefined ? (
        query.error === undefined ? <GridSkeleton count={4} what="what sells now" shape="row" />
        : <ErrorState what="what sells now" error={query.error} onRetry={query.retry} />
      ) : items.length === 0 ? (
        <EmptyState title="It has been quiet.">Nothing was sold yet; have a look at all products instead.</EmptyState>
      ) : (
        <Carousel label={title}>
          {items.map((item) => <ProductCard key={item.product_id} product={item} />)}
        </Carousel>
      )}
    </Section>
  );
}
