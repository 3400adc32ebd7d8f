import type { ReactNode } from "react";
import type { OrderLine } from "../../api/types";
import { dayAndTime, money, productName, total } from "../../lib/format";
import { Link } from "../../lib/router";
import { PageHeading } from "../../ui/Page";
import { Picture } from "../../ui/Picture";
import { EmptyState } from "../../ui/states";

interface Props {
  orderId: string;
  order: { orderedAt: string; lines: readonly OrderLine[] } | undefined;
  firstName: string | undefined;
  children?: ReactNode;
}

/** What a customer sees after ordering. */
export function OrderPage({ orderId, order, firstName, children }: Props) {
  if (!order) {
    return (
      <div className="wrap lonely">
        <PageHeading title="Your order" />
        <EmptyState title="This browser does not know that order." action={<Link className="button" to="/you">To your page</Link>}>
          Your page lists everything you ordered.
        </EmptyState>
      </div>
    );
  }
  return (
    <div className="wrap">
      <div className="confirmation">
        <PageHeading title="Thank you for your order">{firstName ? `Thank you, ${firstName}.` : "Thank you."}</PageHeading>
        <p className="lead">Your order is in. As this is a demonstration, the parcel is imaginary; what we learned from it is not.</p>
        <p className="small">
          Order <code>{orderId}</code>, <time dateTime={order.orderedAt}>{dayAndTime(order.orderedAt)}</time>
        </p>
        <OrderLines lines={order.lines} />
        <p className="actions">
          <Link className="button" to="/">On with shopping</Link> <Link className="button quiet" to="/you">Your page</Link>
        </p>
      </div>
      {children}
    </div>
  );
}

export function OrderLines({ lines }: { lines: readonly OrderLine[] }) {
  return (
    <>
      <ul className="order-lines">
        {lines.map((line) => (
          <li key={line.product_id}>
            <Picture product={line} />
            <Link to={`/products/${encodeURIComponent(line.product_id)}`}>{productName(line.name)}</Link>
            <span className="small">{`${line.quantity} ×`}</span>
            <span className="price">{money(line.price, line.currency)}</span>
          </li>
        ))}
      </ul>
      <p className="sum"><span>Total</span><b className="price">{money(total(lines), lines[0]?.currency ?? "GBP")}</b></p>
    </>
  );
}
