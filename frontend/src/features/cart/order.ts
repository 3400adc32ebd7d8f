import { ApiError } from "../../api/client";
import { recordInteractions } from "../../api/endpoints";
import { makeEvent } from "../../api/events";
import type { NewInteraction } from "../../api/types";
import { queries } from "../../lib/query";
import { create } from "../../lib/store";
import { useCart } from "./cart";
import type { CartLine } from "./cart";

export interface Receipt {
  orderId: string;
  userId: string;
  orderedAt: string;
  lines: CartLine[];
}

/** The last orders of this browser, for their confirmation pages. */
export const useReceipts = create<{ receipts: Receipt[] }>(() => ({ receipts: [] }), {
  name: "shop.receipts",
  version: 1,
  pick: ({ receipts }) => receipts,
  restore: (saved) => (Array.isArray(saved) ? { receipts: saved as Receipt[] } : undefined),
});

/** One order is one array: all of it is stored, or nothing. The event ids follow from the order's, so a retry adds nothing. */
export function orderEvents(userId: string, orderId: string, lines: readonly CartLine[]): NewInteraction[] {
  return lines.map((line, index) => ({
    ...makeEvent(userId, {
      product_id: line.product_id,
      interaction_type: "purchase",
      value: line.quantity,
      order_id: orderId,
    }),
    event_id: `${orderId}-${index + 1}`,
  }));
}

/** Orders what is in the cart and returns the order's id. The cart is emptied only after the shop has confirmed it. */
export async function placeOrder(userId: string): Promise<string> {
  const cart = useCart.getState();
  const { lines } = cart;
  const orderId = cart.prepareOrder();
  try {
    await recordInteractions(orderEvents(userId, orderId, lines));
  } catch (error) {
    // Refused: prices or stock are others now, and the cart is to say so.
    if (error instanceof ApiError && !error.isTransient) queries.invalidate("cart:");
    throw error;
  }
  const receipt = { orderId, userId, orderedAt: new Date().toISOString(), lines };
  useReceipts.setState(({ receipts }) => ({ receipts: [receipt, ...receipts.filter((each) => each.orderId !== orderId)].slice(0, 10) }));
  cart.empty();
  // Lists that hold what was just bought must not be seen again, not even for a moment.
  queries.forget(`/recommendations/${userId}`);
  queries.forget(`/users/${userId}/purchases`);
  return orderId;
}

/** What went wrong with an order, and what the customer can do. */
export function orderFault(error: unknown): string {
  if (error instanceof ApiError) {
    if (error.isTransient) return "The shop did not answer, so nothing was ordered yet. Press the button again: it can never be ordered twice.";
    return error.faults[0]?.detail ?? error.message;
  }
  return "Something went wrong on our side. Nothing was ordered.";
}
