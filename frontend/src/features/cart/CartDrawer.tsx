import type { ReactNode } from "react";
import { money, total } from "../../lib/format";
import { Link } from "../../lib/router";
import { Dialog } from "../../ui/Dialog";
import { EmptyState } from "../../ui/states";
import { piecesIn, useCart } from "./cart";
import { Lines, Notices } from "./Lines";
import { useCartCheck } from "./useCartCheck";

/** `extras` is what goes with the products in the cart. */
export function CartDrawer({ extras }: { extras: (productIds: string[]) => ReactNode }) {
  const isOpen = useCart((cart) => cart.isOpen);
  return isOpen ? <OpenDrawer extras={extras} /> : null;
}

function OpenDrawer({ extras }: { extras: (productIds: string[]) => ReactNode }) {
  const { lines, open } = useCart();
  const check = useCartCheck();
  const close = () => open(false);
  const pieces = piecesIn(lines);
  return (
    <Dialog kind="drawer" title={pieces === 0 ? "Your cart" : `Your cart · ${pieces}`} onClose={close}>
      <Notices />
      {lines.length === 0 ? (
        <EmptyState title="Nothing in it yet." action={<Link className="button" to="/products" onClick={close}>See what we have</Link>}>
          What you add stays here, also when you close the page.
        </EmptyState>
      ) : (
        <>
          <Lines onLeave={close} />
          {extras(lines.map((line) => line.product_id))}
          <footer className="dialog-foot">
            {check.error !== undefined ? <p className="small">We could not check prices and stock just now; we will before you order.</p> : null}
            <p className="sum"><span>Subtotal</span><b className="price">{money(total(lines), lines[0]?.currency ?? "GBP")}</b></p>
            <Link className="button" to="/checkout" onClick={close}>Go to checkout</Link>
          </footer>
        </>
      )}
    </Dialog>
  );
}
