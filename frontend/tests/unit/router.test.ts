import assert from "node:assert/strict";
import { test } from "node:test";
import { matchPath } from "../../src/lib/router";

test("a path matches its pattern part by part, a trailing slash changes nothing", () => {
  assert.deepEqual(matchPath("/products/:id", "/products/P-1"), { id: "P-1" });
  assert.deepEqual(matchPath("/products/:id", "/products/P-1/"), { id: "P-1" });
  assert.deepEqual(matchPath("/", "/"), {});
  for (const path of ["/products", "/products/P-1/reviews", "/orders/P-1"]) {
    assert.equal(matchPath("/products/:id", path), null, path);
  }
});

test("parameters are decoded; what cannot be decoded is no match", () => {
  assert.deepEqual(matchPath("/products/:id", "/products/a%3Ab"), { id: "a:b" });
  assert.equal(matchPath("/products/:id", "/products/%E0%A4%A"), null);
});

test("a star matches the rest, also an empty one", () => {
  assert.deepEqual(matchPath("/admin/*", "/admin/jobs/7"), {});
  assert.deepEqual(matchPath("/admin/*", "/admin"), {});
  assert.equal(matchPath("/admin/*", "/"), null);
  assert.deepEqual(matchPath("*", "/any/thing"), {});
});
