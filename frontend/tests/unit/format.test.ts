import assert from "node:assert/strict";
import { test } from "node:test";
import { destination, signInAddress } from "../../src/features/account/SignInPage";
import { ago, counted, day, money, percent, productName, total } from "../../src/lib/format";

const now = new Date("2026-06-15T12:00:00Z");

test("prices have the digits of their currency", () => {
  assert.equal(money(6.5, "GBP"), "£6.50");
  assert.equal(money(1200, "JPY"), "JP¥1,200");
});

test("sums are exact to the penny", () => {
  const lines = [{ price: 0.1, quantity: 3, currency: "GBP" }, { price: 19.99, quantity: 7, currency: "GBP" }];
  assert.equal(total(lines), 140.23);
  assert.equal(total([]), 0);
});

test("ages are told in the largest full unit; a time in the future is now", () => {
  assert.equal(ago("2026-06-15T11:59:30Z", now), "just now");
  assert.equal(ago("2026-06-15T09:30:00Z", now), "2 hours ago");
  assert.equal(ago("2026-06-13T11:00:00Z", now), "2 days ago");
  assert.equal(ago("2026-06-16T12:00:00Z", now), "just now");
});

test("a day has its year only when it is another one", () => {
  assert.equal(day("2026-03-03T10:00:00Z", now), "3 March");
  assert.equal(day("2025-03-03T10:00:00Z", now), "3 March 2025");
});

test("counts agree with their noun", () => {
  assert.deepEqual([counted(1, "order"), counted(2_000, "order"), counted(0, "box", "boxes")], ["1 order", "2,000 orders", "0 boxes"]);
  assert.equal(percent(0.333), "33 %");
});

test("names in capitals are written as names, others stay", () => {
  assert.equal(productName("WHITE METAL LANTERN"), "White metal lantern");
  assert.equal(productName("Enamel mug, USB"), "Enamel mug, USB");
  assert.equal(productName("12345"), "12345");
});

test("signing in leads back into this shop and nowhere else", () => {
  assert.equal(destination("/checkout"), "/checkout");
  for (const to of [null, "https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"]) {
    assert.equal(destination(to), "/", String(to));
  }
  assert.equal(signInAddress("/checkout"), "/login?post_login_redirect_uri=%2Fsign-in%3Fto%3D%252Fcheckout");
});
