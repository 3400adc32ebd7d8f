import type { ReactNode } from "react";
import { trackOnce, track } from "../../api/events";
import type { Recommendations } from "../../api/types";
import { ago, dayAndTime } from "../../lib/format";
import type { Query } from "../../lib/useQuery";
import { Carousel } from "../../ui/Carousel";
import { ProductCard } from "../../ui/ProductCard";
import { Section } from "../../ui/Section";
import { EmptyState, ErrorState, GridSkeleton, StaleNote } from "../../ui/states";
import { useOpinionsOf } from "./opinions";
import { useSlots } from "./lists";
import type { Slot } from "./lists";
import { Reason } from "./Reason";

/** How old a list is, in words. */
export function Freshness({ answer }: { answer: Recommendations }) {
  const { generated_at, stale, source } = answer;
  if (generated_at === null) return null;
  const words =
    source === "session" ? "With what you just looked at"
    : source === "popular" ? "What other customers choose"
    : `Updated ${ago(generated_at)}`;
  return (
    <span className="fresh" data-stale={stale}>
      <time dateTime={generated_at} title={dayAndTime(generated_at)}>{stale ? `From ${ago(generated_at)}` : words}</time>
    </span>
  );
}

/** A shown recommendation and a chosen one are told to the API, with the answer and the place they come from. */
export function slotEvents({ item, requestId, position }: Slot) {
  const details = { product_id: item.product_id, request_id: requestId, position };
  return {
    onSeen: () => trackOnce(`seen:${requestId}:${item.product_id}`, { ...details, interaction_type: "impression" }),
    onOpen: () => track({ ...details, interaction_type: "click" }),
  };
}

interface Props {
  title: string;
  query: Query<Recommendations>;
  userId: string;
  count: number;
  /** What stands below each card; else the reason, with the evidence behind it. */
  reasonOf?: (slot: Slot) => ReactNode;
  aside?: ReactNode;
  isUrgent?: boolean;
}

/** "Discover": new products for one customer, each with its reason. */
export function Picks({ title, query, userId, count, reasonOf, aside, isUrgent = false }: Props) {
  const opinions = useOpinionsOf(userId);
  const slots = useSlots(query.data, count, (productId) => opinions[productId]?.opinion === "hidden");
  return (
    <Section title={title} aside={aside ?? (query.data ? <Freshness answer={query.data} /> : null)}>
      <StaleNote query={query} what="your picks" />
      {query.data === undefined ? (
        query.error === undefined ? <GridSkeleton count={count} what="your picks" />
        : <ErrorState what="your picks" error={query.error} onRetry={query.retry} />
      ) : slots.length === 0 ? (
        <EmptyState title="Nothing to suggest yet.">Look around a little; your picks follow what you like.</EmptyState>
      ) : (
        <ul className="grid">
          {slots.map((slot, index) => (
            <li key={slot.item.product_id}>
              <ProductCard product={slot.item} isUrgent={isUrgent && index < 4} {...slotEvents(slot)}>
                {reasonOf ? reasonOf(slot) : <Reason slot={slot} userId={userId} />}
              </ProductCard>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

/** Own purchases that are due again; nothing at all for who has none. */
export function BuyAgain({ query, userId, title = "Buy again" }: {
  query: Query<Recommendations>;
  userId: string;
  title?: string;
}) {
  const slots = useSlots(query.data, 12, neverHidden);
  if (query.data === undefined && query.error === undefined) {
    return <Section title={title}><GridSkeleton count={4} what="what you bought before" shape="row" /></Section>;
  }
  if (query.data === undefined) {
    return (
      <Section title={title}>
        <ErrorState what="what you bought before" error={query.error} onRetry={query.retry} />
      </Section>
    );
  }
  if (slots.length === 0) return null;
  return (
    <Section title={title}>
      <Carousel label={title}>
        {slots.map((slot) => (
          <ProductCard key={slot.item.product_id} product={slot.item} {...slotEvents(slot)}>
            <Reason slot={slot} userId={userId} />
          </ProductCard>
        ))}
      </Carousel>
    </Section>
  );
}

const neverHidden = () => false;
