import { useEffect, useMemo, useRef } from "react";
import type { ReactNode } from "react";
import { track } from "../api/events";
import { useCart } from "../features/cart/cart";
import { WhyDialogContext } from "../features/recommendations/Reason";
import { productName } from "../lib/format";
import { useOnline } from "../lib/hooks";
import { queries } from "../lib/query";
import { useLocation } from "../lib/router";
import { ErrorBoundary } from "../ui/ErrorBoundary";
import { lazyPage } from "../ui/lazyPage";
import { ShopActionsContext } from "../ui/shopActions";
import type { ShopActions } from "../ui/shopActions";
import { toast, Toasts } from "../ui/toast";
import { Footer } from "./Footer";
import { Header } from "./Header";

const CartPanel = lazyPage(() => import("./otherPages").then((pages) => pages.CartPanel));
const WhyDialog = lazyPage(() => import("./otherPages").then((pages) => pages.WhyDialog));

/** Fetches the code of what opens above the pages. */
export function preloadDialogs(): void {
  for (const dialog of [CartPanel, WhyDialog]) dialog.preload().catch(() => {});
}

/** What surrounds every page, and what the cards on it can do. */
export function Layout({ children }: { children: ReactNode }) {
  const { pathname } = useLocation();
  const isCartOpen = useCart((cart) => cart.isOpen);
  return (
    <ShopActionsContext.Provider value={useActions()}>
      <WhyDialogContext.Provider value={WhyDialog}>
        <a className="skip" href="#main" onClick={skip}>Skip to the content</a>
        <Header />
        <OfflineBanner />
        <main id="main" tabIndex={-1}>
          <ErrorBoundary key={pathname} words="That is our fault. Your cart is safe." home="/">{children}</ErrorBoundary>
        </main>
        <Footer />
        {isCartOpen ? <CartPanel /> : null}
        <Toasts />
      </WhyDialogContext.Provider>
    </ShopActionsContext.Provider>
  );
}

function skip(event: { preventDefault(): void }): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

function useActions(): ShopActions {
  const lines = useCart((cart) => cart.lines);
  return useMemo(
    () => ({
      addToCart: (product, quantity = 1) => {
        useCart.getState().add(product, quantity);
        track({ product_id: product.product_id, interaction_type: "add_to_cart", value: quantity });
        if (!useCart.getState().isOpen) {
          toast(`${productName(product.name)} is in your cart.`, { label: "Open cart", run: () => useCart.getState().open(true) });
        }
      },
      quantityInCart: (productId) => lines.find((line) => line.product_id === productId)?.quantity ?? 0,
    }),
    [lines],
  );
}

function OfflineBanner() {
  const isOnline = useOnline();
  const wasOffline = useRef(false);
  useEffect(() => {
    if (!isOnline) wasOffline.current = true;
    if (!isOnline || !wasOffline.current) return;
    // The browser says that there is a network before every request gets through.
    const timers = [0, 1_000, 3_000, 10_000].map((delay) => setTimeout(() => queries.retryFailed(), delay));
    return () => timers.forEach(clearTimeout);
  }, [isOnline]);
  if (isOnline) return null;
  return <p className="offline" role="status">You are offline. What you see may be older, and your cart is safe.</p>;
}
