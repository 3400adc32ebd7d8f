import { CartDrawer } from "../features/cart/CartDrawer";
import { GoesWith } from "../features/related/GoesWith";

/** The cart and what goes with it. */
export function CartPanel() {
  return <CartDrawer extras={(productIds) => <GoesWith productIds={productIds} />} />;
}
