import { useRef, useState } from "react";
import type { FormEvent } from "react";
import { useSession } from "../../api/session";
import { money, total } from "../../lib/format";
import { Link, navigate } from "../../lib/router";
import { PageHeading } from "../../ui/Page";
import { EmptyState } from "../../ui/states";
import { emptyAddress, faultsOf, fields } from "./address";
import type { Address, Faults, Field } from "./address";
import { piecesIn, useCart } from "./cart";
import { Lines, Notices } from "./Lines";
import { orderFault, placeOrder } from "./order";
import { useCartCheck } from "./useCartCheck";

export function CheckoutPage() {
  const lines = useCart((cart) => cart.lines);
  const userId = useSession((session) => session.userId);
  if (lines.length === 0) {
    return (
      <div className="wrap lonely">
        <PageHeading title="Checkout" />
        <EmptyState title="Your cart is empty." action={<Link className="button" to="/products">See what we have</Link>}>
          There is nothing to pay for yet.
        </EmptyState>
      </div>
    );
  }
  return (
    <div className="wrap checkout">
      <PageHeading title="Checkout" />
      <p className="banner">This is a demonstration: nothing is charged, nothing is sent, and your address stays in this page.</p>
      {userId === undefined ? (
        <EmptyState title="Who is shopping?" action={<Link className="button" to="/sign-in?to=/checkout">Sign in</Link>}>
          Sign in to order; your cart comes with you.
        </EmptyState>
      ) : <OrderForm userId={userId} />}
      <Summary />
    </div>
  );
}

function OrderForm({ userId }: { userId: string }) {
  const name = useSession((session) => session.displayName);
  const [address, setAddress] = useState<Address>({ ...emptyAddress, name: name ?? "" });
  const [faults, setFaults] = useState<Faults>({});
  const [failure, setFailure] = useState<string | undefined>();
  const [isSending, setSending] = useState(false);
  const summary = useRef<HTMLDivElement>(null);
  const focusSummary = () => requestAnimationFrame(() => summary.current?.focus());
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isSending) return;
    const found = faultsOf(address);
    setFaults(found);
    setFailure(undefined);
    if (Object.keys(found).length > 0) {
      focusSummary();
      return;
    }
    setSending(true);
    try {
      const orderId = await placeOrder(userId);
      navigate(`/orders/${encodeURIComponent(orderId)}`, { replace: true });
    } catch (error) {
      setFailure(orderFault(error));
      setSending(false);
      focusSummary();
    }
  };
  const wrong = fields.filter(({ name: each }) => faults[each] !== undefined);
  return (
    <form className="order-form" noValidate onSubmit={(event) => void submit(event)}>
      {wrong.length > 0 || failure !== undefined ? (
        <div className="error-summary" role="alert" tabIndex={-1} ref={summary}>
          <h2>{failure === undefined ? "Something is missing" : "The order did not go through"}</h2>
          {failure === undefined ? (
            <ul>{wrong.map(({ name: each }) => <li key={each}><a href={`#field-${each}`} onClick={(event) => jump(event, each)}>{faults[each]}</a></li>)}</ul>
          ) : <p>{failure}</p>}
        </div>
      ) : null}
      <h2>Where it goes</h2>
      <div className="fields">
        {fields.map((field) => (
          <TextField
            key={field.name}
            field={field}
            value={address[field.name]}
            fault={faults[field.name]}
            onChange={(value) => setAddress({ ...address, [field.name]: value })}
          />
        ))}
      </div>
      <button type="submit" className="button" aria-disabled={isSending}>{isSending ? "Ordering …" : "Place the order"}</button>
      <p className="small">No card is asked for, because nothing is charged.</p>
    </form>
  );
}

function jump(event: { preventDefault(): void }, name: string): void {
  event.preventDefault();
  document.getElementById(`field-${name}`)?.focus();
}

function TextField({ field, value, fault, onChange }: {
  field: Field;
  value: string;
  fault: string | undefined;
  onChange: (value: string) => void;
}) {
  const id = `field-${field.name}`;
  return (
    <div className="field" data-name={field.name}>
      <label htmlFor={id}>{field.label}</label>
      <input
        id={id}
        name={field.name}
        type={field.type ?? "text"}
        autoComplete={field.autoComplete}
        value={value}
        required
        aria-invalid={fault !== undefined}
        {...(fault === undefined ? {} : { "aria-describedby": `${id}-fault` })}
        onChange={(event) => onChange(event.target.value)}
      />
      {fault === undefined ? null : <p id={`${id}-fault`} className="field-fault">{fault}</p>}
    </div>
  );
}

function Summary() {
  const lines = useCart((cart) => cart.lines);
  const check = useCartCheck();
  return (
    <aside className="summary" aria-label="Your order">
      <h2>{`Your order · ${piecesIn(lines)}`}</h2>
      <Notices />
      <Lines />
      {check.error !== undefined ? <p className="small">We could not check prices and stock just now.</p> : null}
      <p className="sum"><span>Delivery</span><span>free, it is pretend</span></p>
      <p className="sum sum-total"><span>Total</span><b className="price">{money(total(lines), lines[0]?.currency ?? "GBP")}</b></p>
    </aside>
  );
}
