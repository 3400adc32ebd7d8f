import type { Product, ProductPatch } from "../../api/types";
import type { Words } from "../parts/editing";
import type { Faults } from "../parts/useEdit";

/** What of a product is changed here; numbers as they were typed. */
export interface ProductDraft {
  price: string;
  stock: string;
  active: boolean;
}

export const productDraft = ({ price, stock, active }: Product): ProductDraft => ({ price: String(price), stock: String(stock), active });

/** Only what differs: the rest of the product is not this form's. */
export function patchOf({ price, stock, active }: ProductDraft, stored: Product): ProductPatch {
  return {
    ...(Number(price) === stored.price ? {} : { price: Number(price) }),
    ...(Number(stock) === stored.stock ? {} : { stock: Number(stock) }),
    ...(active === stored.active ? {} : { active }),
  };
}

const mostStock = 2_147_483_647;

export function productFaults({ price, stock }: ProductDraft): Faults {
  const isPrice = /^\d+([.]\d{1,2})?$/.test(price.trim());
  const isStock = /^\d+$/.test(stock.trim()) && Number(stock) <= mostStock;
  return {
    ...(isPrice ? {} : { "/price": "Must be an amount such as 12.99, with at most two decimals." }),
    ...(isStock ? {} : { "/stock": "Must be a whole number of pieces, 0 or more." }),
  };
}

export const productWords = ({ price, stock, active }: ProductDraft): Words => [
  ["Price", price],
  ["In stock", stock],
  ["Offered", active ? "yes" : "no"],
];
