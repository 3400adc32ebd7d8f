import assert from "node:assert/strict";
import { test } from "node:test";
import { chipsOf, filterOf, pagesAround } from "../../src/features/catalogue/filter";
import { priceAt, stepOf } from "../../src/features/catalogue/PriceRange";
import { specRows } from "../../src/features/catalogue/specs";

const filter = (address: string) => filterOf(new URLSearchParams(address));

test("an address is read into a filter", () => {
  const read = filter("category=Books&category=Garden&min_price=5&max_price=20.5&in_stock=true&min_rating=4&search=+mug+&sort=-price&page=3");
  assert.deepEqual(read, {
    category: ["Books", "Garden"], min_price: 5, max_price: 20.5, in_stock: true, min_rating: 4, search: "mug", sort: "-price", page: 3,
  });
});

test("nonsense in an address is left out, and a turned price range is turned back", () => {
  const read = filter("min_price=cheap&max_price=-1&sort=random&page=0&in_stock=maybe&min_rating=6");
  assert.deepEqual(read, {
    category: [], min_price: undefined, max_price: undefined, in_stock: undefined, min_rating: undefined, search: undefined, sort: undefined, page: 1,
  });
  assert.deepEqual([filter("min_price=9&max_price=3").min_price, filter("min_price=9&max_price=3").max_price], [3, 9]);
  assert.equal(filter("sort=relevance").sort, undefined, "relevance needs a search");
});

test("each chip removes its own filter and nothing else", () => {
  const address = "category=Books&category=Garden&search=mug&min_price=5&in_stock=true";
  const chips = chipsOf(filter(address), (amount) => `£${amount}`);
  assert.deepEqual(chips.map(({ label }) => label), ["“mug”", "Books", "Garden", "from £5", "In stock"]);
  const params = new URLSearchParams(address);
  chips[1]?.remove(params);
  assert.equal(params.toString(), "search=mug&min_price=5&in_stock=true&category=Garden");
});

test("page numbers show the ends and the neighbours, a gap only where it hides more than one page", () => {
  assert.deepEqual(pagesAround(1, 1), [1]);
  assert.deepEqual(pagesAround(1, 42), [1, 2, null, 42]);
  assert.deepEqual(pagesAround(3, 5), [1, 2, 3, 4, 5]);
  assert.deepEqual(pagesAround(4, 9), [1, 2, 3, 4, 5, null, 9]);
  assert.deepEqual(pagesAround(20, 42), [1, null, 19, 20, 21, null, 42]);
});

test("the price slider reaches both ends, and its handle stands where its price is", () => {
  assert.equal(priceAt(0, 5, 451), 5);
  assert.equal(priceAt(100, 5, 451), 451);
  for (const step of [0, 10, 37, 50, 88, 100]) {
    assert.ok(Math.abs(stepOf(priceAt(step, 5, 451), 5, 451) - step) <= 1, String(step));
  }
  assert.equal(stepOf(9, 5, 5), 0, "one price");
});

test("specifications become rows, whatever the shop put into metadata", () => {
  assert.deepEqual(specRows({ brand: "Barkley", specs: { life_stage: "adult", washable: true, pages: 160, odd: [] } }), [
    ["Brand", "Barkley"], ["Life stage", "adult"], ["Washable", "yes"], ["Pages", "160"],
  ]);
  assert.deepEqual(specRows({ specs: "none" }), []);
});
