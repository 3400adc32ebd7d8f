import assert from "node:assert/strict";
import { test } from "node:test";
import type { Product } from "../../src/api/types";
import type { CartLine } from "../../src/features/cart/cart";
import { fakeStorage } from "./fakeStorage";

Object.assign(globalThis, { localStorage: fakeStorage(), sessionStorage: fakeStorage() });
const { compare, piecesIn, useCart } = await import("../../src/features/cart/cart");
const { orderEvents } = await import("../../src/features/cart/order");

const line = (id: string, changes: Partial<CartLine> = {}): CartLine => ({
  product_id: id, name: `Mug ${id}`, category: "Kitchen", price: 6.5, currency: "GBP", in_stock: true, image: "/api/products/a/image.svg", quantity: 1, ...changes,
});
const product = (id: string, changes: Partial<Product> = {}) => ({ ...line(id), stock: 10, ...changes }) as unknown as Product;

test("adding twice is one line, and never more than ninety-nine pieces", () => {
  const cart = useCart.getState();
  cart.empty();
  cart.add(line("a"));
  cart.add(line("a"), 2);
  cart.add(line("b"), 200);
  assert.deepEqual(useCart.getState().lines.map(({ product_id, quantity }) => [product_id, quantity]), [["a", 3], ["b", 99]]);
  assert.equal(piecesIn(useCart.getState().lines), 102);
});

test("what the shop has not said anything about stays as it is", () => {
  const lines = [line("a", { quantity: 3 })];
  assert.deepEqual(compare(lines, new Map()), { lines, notices: [] });
  assert.deepEqual(compare(lines, new Map([["a", product("a")]])).notices, []);
});

test("changes of price and stock are taken over, each with a sentence", () => {
  const lines = [line("dear"), line("few", { quantity: 5 }), line("out"), line("gone")];
  const now = new Map<string, Product | null>([
    ["dear", product("dear", { price: 7 })],
    ["few", product("few", { stock: 2 })],
    ["out", product("out", { in_stock: false, stock: 0 })],
    ["gone", null],
  ]);
  const { lines: next, notices } = compare(lines, now);
  assert.deepEqual(next.map(({ product_id, quantity, price }) => [product_id, quantity, price]), [["dear", 1, 7], ["few", 2, 6.5]]);
  assert.deepEqual(notices, [
    "Mug dear now costs £7.00; it was £6.50.",
    "There are 2 of Mug few left, so your cart has that many.",
    "Mug out is sold out, so it left your cart.",
    "Mug gone is no longer sold, so it left your cart.",
  ]);
});

test("an order keeps its id until the cart changes, so that sending it again is the same order", () => {
  const cart = useCart.getState();
  cart.empty();
  cart.add(line("a"), 2);
  const orderId = cart.prepareOrder();
  assert.equal(cart.prepareOrder(), orderId);
  const ids = (id: string) => orderEvents("u", id, useCart.getState().lines).map(({ event_id }) => event_id);
  assert.deepEqual(ids(orderId), [`${orderId}-1`]);
  cart.setQuantity("a", 1);
  assert.notEqual(cart.prepareOrder(), orderId);
});

test("the events of an order carry its id and the pieces, and fit the API's rule of ids", () => {
  const [event] = orderEvents("u", "o-0123456789abcdef0123456789abcdef", [line("a", { quantity: 4 })]);
  assert.equal(event?.value, 4);
  assert.equal(event?.order_id, "o-0123456789abcdef0123456789abcdef");
  assert.match(event?.event_id ?? "", /^[A-Za-z0-9._:-]{1,64}$/);
});
