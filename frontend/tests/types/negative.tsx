// Must not compile without the directives: shows that React's types, those of CSS and our own are really found. A tree of
// packages with a missing link accepts all of this without a word.
import { useState } from "react";
import type { Card } from "../../src/api/card";
import { ProductCard } from "../../src/ui/ProductCard";

export function Wrong() {
  // @ts-expect-error a number is no text
  const [text] = useState<string>(1);
  // @ts-expect-error there is no such style
  const style: React.CSSProperties = { colour: "red" };
  // @ts-expect-error a product is missing
  const card = <ProductCard />;
  // @ts-expect-error no such attribute
  const link = <a hreff="/">x</a>;
  // @ts-expect-error the price is missing
  const product: Card = { product_id: "p", name: "", category: "", currency: "GBP", in_stock: true };
  return [text, style, card, link, product];
}
