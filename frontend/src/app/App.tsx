import { useEffect } from "react";
import { Routes } from "../lib/router";
import type { Route } from "../lib/router";
import { lazyPage } from "../ui/lazyPage";
import { HomePage } from "./HomePage";
import { Layout, preloadDialogs } from "./Layout";
import { NotFoundPage } from "./NotFoundPage";

const ProductsPage = lazyPage(() => import("./otherPages").then((pages) => pages.ProductsPage));
const ProductPage = lazyPage(() => import("./otherPages").then((pages) => pages.ProductPage));
const CheckoutPage = lazyPage(() => import("./otherPages").then((pages) => pages.CheckoutPage));
const ConfirmationPage = lazyPage(() => import("./otherPages").then((pages) => pages.ConfirmationPage));
const YouPage = lazyPage(() => import("./otherPages").then((pages) => pages.YouPage));
const WelcomePage = lazyPage(() => import("./otherPages").then((pages) => pages.WelcomePage));
const SignInPage = lazyPage(() => import("./otherPages").then((pages) => pages.SignInPage));

const routes: readonly Route[] = [
  { path: "/", element: <HomePage /> },
  { path: "/products", element: <ProductsPage /> },
  { path: "/products/:id", element: <ProductPage /> },
  { path: "/checkout", element: <CheckoutPage /> },
  { path: "/orders/:id", element: <ConfirmationPage /> },
  { path: "/you", element: <YouPage /> },
  { path: "/welcome", element: <WelcomePage /> },
  { path: "/sign-in", element: <SignInPage /> },
  { path: "*", element: <NotFoundPage /> },
];

/** Fetches the code of the pages behind the front page: at once when one of them is the first, else while the visitor reads. */
export function preloadPages(): void {
  const pages = [ProductsPage, ProductPage, CheckoutPage, ConfirmationPage, YouPage, WelcomePage, SignInPage];
  for (const page of pages) page.preload().catch(() => {});
  preloadDialogs();
}

export function App() {
  useEffect(() => {
    const timer = setTimeout(preloadPages, 2_000);
    return () => clearTimeout(timer);
  }, []);
  return <Layout><Routes routes={routes} /></Layout>;
}
