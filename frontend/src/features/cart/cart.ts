// The cart: in localStorage, the same in all tabs. What it says about a product is what the customer saw; before an order it
// is compared with the shop.
import type { Card } from "../../api/card";
import type { Product } from "../../api/types";
import { money, productName } from "../../lib/format";
import { newId } from "../../lib/ids";
import { create } from "../../lib/store";
import { mostPieces } from "../../ui/Stepper";

export interface CartLine extends Card {
  quantity: number;
}

interface Cart {
  lines: CartLine[];
  /** What became different since the customer put it in, in words, until it is read. */
  notices: string[];
  /** The id of the order that this cart becomes: made once, so that sending it twice is one order. */
  orderId: string | undefined;
  isOpen: boolean;
  add(product: Card, quantity?: number): void;
  setQuantity(productId: string, quantity: number): void;
  remove(productId: string): void;
  reconcile(products: ReadonlyMap<string, Product | null>): void;
  dismissNotices(): void;
  /** The id of the order in the making. */
  prepareOrder(): string;
  empty(): void;
  open(isOpen: boolean): void;
}

/** What a line keeps of a product. */
const lineOf = ({ product_id, name, category, price, currency, in_stock, image }: Card, quantity: number): CartLine => ({
  product_id, name, category, price, currency, in_stock, image, quantity,
});

export const useCart = create<Cart, Pick<Cart, "lines" | "notices" | "orderId">>(
  (set, get) => ({
    lines: [],
    notices: [],
    orderId: undefined,
    isOpen: false,
    add: (product, quantity = 1) =>
      set(({ lines }) => {
        const known = lines.find((line) => line.product_id === product.product_id);
        const sum = Math.min(mostPieces, (known?.quantity ?? 0) + quantity);
        const line = lineOf(product, sum);
        return { orderId: undefined, lines: known ? lines.map((each) => (each === known ? line : each)) : [...lines, line] };
      }),
    setQuantity: (productId, quantity) =>
      set(({ lines }) => ({
        orderId: undefined,
        lines: lines.map((line) =>
          line.product_id === productId ? { ...line, quantity: Math.min(mostPieces, Math.max(1, quantity)) } : line,
        ),
      })),
    remove: (productId) =>
      set(({ lines }) => ({ orderId: undefined, lines: lines.filter((line) => line.product_id !== productId) })),
    reconcile: (products) =>
      set(({ lines, notices }) => {
        const { lines: next, notices: news } = compare(lines, products);
        if (news.length === 0) return {};
        return { lines: next, notices: [...notices, ...news.filter((each) => !notices.includes(each))], orderId: undefined };
      }),
    dismissNotices: () => set({ notices: [] }),
    prepareOrder: () => {
      const orderId = get().orderId ?? newId("o");
      if (get().orderId === undefined) set({ orderId });
      return orderId;
    },
    empty: () => set({ lines: [], notices: [], orderId: undefined }),
    open: (isOpen) => set({ isOpen }),
  }),
  {
    name: "shop.cart",
    version: 1,
    pick: ({ lines, notices, orderId }) => ({ lines, notices, orderId }),
    restore: (saved) => {
      const { lines, notices, orderId } = (saved ?? {}) as Partial<Cart>;
      if (!Array.isArray(lines)) return undefined;
      return {
        lines: lines.filter(isLine),
        notices: Array.isArray(notices) ? notices : [],
        orderId: typeof orderId === "string" ? orderId : undefined,
      };
    },
  },
);

function isLine(value: unknown): value is CartLine {
  const line = value as Partial<CartLine> | null;
  return (
    typeof line?.product_id === "string" && typeof line.name === "string" && typeof line.price === "number"
    && typeof line.currency === "string" && typeof line.quantity === "number" && line.quantity >= 1
  );
}

/** What the shop says now about the lines: prices as they are, no more than there is, and a sentence for each change. */
export function compare(
  lines: readonly CartLine[],
  products: ReadonlyMap<string, Product | null>,
): { lines: CartLine[]; notices: string[] } {
  const notices: string[] = [];
  const next = lines.flatMap((line) => {
    const product = products.get(line.product_id);
    const name = productName(line.name);
    // Not asked about, or no answer.
    if (product === undefined) return [line];
    if (product === null) {
      notices.push(`${name} is no longer sold, so it left your cart.`);
      return [];
    }
    if (!product.in_stock) {
      notices.push(`${name} is sold out, so it left your cart.`);
      return [];
    }
    const quantity = Math.min(line.quantity, product.stock);
    if (quantity < line.quantity) {
      notices.push(`There ${quantity === 1 ? "is one" : `are ${quantity}`} of ${name} left, so your cart has that many.`);
    }
    if (product.price !== line.price || product.currency !== line.currency) {
      const [now, before] = [money(product.price, product.currency), money(line.price, line.currency)];
      notices.push(`${name} now costs ${now}; it was ${before}.`);
    }
    return [lineOf(product, quantity)];
  });
  return { lines: next, notices };
}

export const piecesIn = (lines: readonly CartLine[]) => lines.reduce((sum, { quantity }) => sum + quantity, 0);
