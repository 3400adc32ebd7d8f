import assert from "node:assert/strict";
import { test } from "node:test";
import { patchOf, productDraft, productFaults } from "../../src/admin/products/productDraft";
import type { Product } from "../../src/api/types";

const product: Product = {
  product_id: "P-1", name: "Mug", description: "", category: "Kitchen", price: 6.5, currency: "GBP", stock: 4, in_stock: true, active: true,
  image: "", metadata: {}, rating_average: null, rating_count: 0, purchase_count: 0, created_at: "", updated_at: "",
};
const draft = productDraft(product);

test("only what was changed is sent", () => {
  assert.deepEqual(patchOf(draft, product), {});
  assert.deepEqual(patchOf({ ...draft, price: "6.50", stock: "0" }, product), { stock: 0 });
  assert.deepEqual(patchOf({ price: "7", stock: "4", active: false }, product), { price: 7, active: false });
});

test("amounts and pieces that cannot be are their field's fault", () => {
  assert.deepEqual(productFaults(draft), {});
  for (const price of ["", "-1", "1.999", "1,50", "x"]) assert.deepEqual(Object.keys(productFaults({ ...draft, price })), ["/price"], price);
  for (const stock of ["", "-1", "1.5", "2147483648"]) assert.deepEqual(Object.keys(productFaults({ ...draft, stock })), ["/stock"], stock);
});
