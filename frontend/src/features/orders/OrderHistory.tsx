import { useState } from "react";
import { listPurchases } from "../../api/endpoints";
import { counted, day, money, productName, total } from "../../lib/format";
import { useQuery } from "../../lib/useQuery";
import { Link } from "../../lib/router";
import { Picture } from "../../ui/Picture";
import { Section } from "../../ui/Section";
import { EmptyState, ErrorState, LoadingNote, StaleNote } from "../../ui/states";
import { OrderLines } from "./OrderPage";

/** What a customer bought, the newest first, a few orders at a time. */
export function OrderHistory({ userId }: { userId: string }) {
  const [page, setPage] = useState(1);
  const query = useQuery(`/users/${userId}/purchases?page=${page}`, (signal) => listPurchases(userId, page, signal), {
    keepPrevious: true,
  });
  const last = query.data ? Math.ceil(query.data.total / query.data.page_size) : 1;
  return (
    <Section title="Your orders" aside={query.data ? <span className="small">{counted(query.data.total, "order")}</span> : null}>
      <StaleNote query={query} what="your orders" />
      {!query.data ? (
        query.error === undefined ? (
          <>
            <LoadingNote>Fetching your orders</LoadingNote>
            <div className="orders skeleton" aria-hidden="true">{[1, 2, 3].map((each) => <span key={each} className="bone bone-row" />)}</div>
          </>
        ) : <ErrorState what="your orders" error={query.error} onRetry={query.retry} />
      ) : query.data.items.length === 0 ? (
        <EmptyState title="No orders yet." action={<Link className="button" to="/products">See what we have</Link>}>
          When you buy something, it is listed here.
        </EmptyState>
      ) : (
        <ul className="orders">
          {query.data.items.map((order) => (
            <li key={order.order_id}>
              <details className="order">
                <summary>
                  <span className="order-pictures" aria-hidden="true">
                    {order.items.slice(0, 4).map((line) => <Picture key={line.product_id} product={line} />)}
                  </span>
                  <span className="order-text">
                    <b><time dateTime={order.ordered_at}>{day(order.ordered_at)}</time></b>
                    <span className="small">{namesOf(order.items.map((line) => line.name))}</span>
                  </span>
                  <span className="price">{money(total(order.items), order.items[0]?.currency ?? "GBP")}</span>
                </summary>
                <OrderLines lines={order.items} />
              </details>
            </li>
          ))}
        </ul>
      )}
      {last > 1 ? (
        <p className="turn">
          <button type="button" className="button quiet" disabled={page === 1} onClick={() => setPage(page - 1)}>Newer</button>
          <span className="small">{`Page ${page} of ${last}`}</span>
          <button type="button" className="button quiet" disabled={page >= last} onClick={() => setPage(page + 1)}>Older</button>
        </p>
      ) : null}
    </Section>
  );
}

function namesOf(names: readonly string[]): string {
  const [first = "", ...rest] = names.map(productName);
  return rest.length === 0 ? first : `${first} and ${counted(rest.length, "other")}`;
}
