// What a card can do that belongs to another feature; app/ provides it.
import { createContext, useContext } from "react";
import type { CardProduct } from "./ProductCard";

export interface ShopActions {
  addToCart(product: CardProduct, quantity?: number): void;
  quantityInCart(productId: string): number;
}

export const ShopActionsContext = createContext<ShopActions>({ addToCart: () => {}, quantityInCart: () => 0 });
export const useShopActions = () => useContext(ShopActionsContext);
