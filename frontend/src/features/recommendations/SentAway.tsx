import { useState } from "react";
import { listHidden } from "../../api/endpoints";
import { day, productName } from "../../lib/format";
import { useQuery } from "../../lib/useQuery";
import { Picture } from "../../ui/Picture";
import { Section } from "../../ui/Section";
import { ErrorState, LoadingNote } from "../../ui/states";
import { hiddenKey, judge } from "./opinions";

/** What the customer sent away, with a way back; asked for when it is opened. */
export function SentAway({ userId }: { userId: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Section title="Sent away">
      <details className="sent-away" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>What you said is not for you</summary>
        {isOpen ? <Hidden userId={userId} /> : null}
      </details>
    </Section>
  );
}

function Hidden({ userId }: { userId: string }) {
  const query = useQuery(hiddenKey(userId), (signal) => listHidden(userId, signal));
  if (!query.data) {
    return query.error === undefined ? <LoadingNote>Fetching what you sent away</LoadingNote>
      : <ErrorState what="what you sent away" error={query.error} onRetry={query.retry} />;
  }
  if (query.data.items.length === 0) return <p className="small">Nothing so far.</p>;
  return (
    <ul>
      {query.data.items.map((product) => (
        <li key={product.product_id}>
          <Picture product={product} />
          <span>{productName(product.name)}<span className="small">{`since ${day(product.hidden_at)}`}</span></span>
          <button type="button" className="link" onClick={() => void judge({ userId, product }, undefined)}>
            Bring back<span className="hidden-text">{` ${productName(product.name)}`}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
