import assert from "node:assert/strict";
import { test } from "node:test";
import type { RecommendedProduct } from "../../src/api/types";
import { refill } from "../../src/features/recommendations/lists";
import type { Slot } from "../../src/features/recommendations/lists";
import { reasonText } from "../../src/features/recommendations/reasonText";

const slot = (id: string, requestId = "r-1"): Slot => ({
  item: { product_id: id, name: id, evidence: [] } as unknown as RecommendedProduct, requestId, position: 1,
});
const ids = (slots: readonly Slot[]) => slots.map(({ item }) => item.product_id).join("");
const all = (text: string, requestId?: string) => [...text].map((id) => slot(id, requestId));

test("a product that is sent away leaves its place to the next spare one, the others stay where they are", () => {
  assert.equal(ids(refill(all("abcd"), all("abcdef"), (id) => id === "b")), "aecd");
});

test("without spare products the list becomes shorter, and never repeats one", () => {
  assert.equal(ids(refill(all("abc"), all("abc"), (id) => id === "a")), "bc");
  assert.equal(ids(refill(all("ab"), all("abb"), (id) => id === "a")), "b");
});

test("a newer answer changes nothing on screen but empty places", () => {
  const shown = refill(all("abc"), all("zcbay", "r-2"), (id) => id === "b");
  assert.equal(ids(shown), "azc");
  assert.deepEqual(shown.map(({ requestId }) => requestId), ["r-1", "r-2", "r-1"]);
});

test("reasons spell names as the shop does", () => {
  const item = { reason: "Because you bought WHITE METAL LANTERN on 3 March", evidence: [{ name: "WHITE METAL LANTERN" }] };
  assert.equal(reasonText(item as unknown as RecommendedProduct), "Because you bought White metal lantern on 3 March");
});
