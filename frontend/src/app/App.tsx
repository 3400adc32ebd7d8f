import { useEffect } from "react";
import { matchPath, Routes, useLocation } from "../lib/router";
import type { Route } from "../lib/router";
import { ErrorBoundary } from "../ui/ErrorBoundary";
import { lazyPage } from "../ui/lazyPage";
import { HomePage, preloadHome } from "./HomePage";
import { Layout, preloadDialogs } from "./Layout";
import { NotFoundPage } from "./NotFoundPage";
import { ThemeButton } from "./ThemeButton";

const ProductsPage = lazyPage(() => import("./otherPages").then((pages) => pages.ProductsPage));
const ProductPage = lazyPage(() => import("./otherPages").then((pages) => pages.ProductPage));
const CheckoutPage = lazyPage(() => import("./otherPages").then((pages) => pages.CheckoutPage));
const ConfirmationPage = lazyPage(() => import("./otherPages").then((pages) => pages.ConfirmationPage));
const YouPage = lazyPage(() => import("./otherPages").then((pages) => pages.YouPage));
const WelcomePage = lazyPage(() => import("./otherPages").then((pages) => pages.WelcomePage));
const AdminApp = lazyPage(() => import("./adminPages").then((admin) => admin.AdminApp), "admin");
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

/** The dashboard has a frame of its own. */
const isAdmin = (pathname: string) => matchPath("/admin/*", pathname) !== null;

/** Starts what the first page needs before it is drawn: its code, and its data. */
export function preloadFirstPage(): void {
  const { pathname, search } = window.location;
  if (matchPath("/", pathname)) return preloadHome();
  preloadPages();
  if (matchPath("/products", pathname)) import("./otherPages").then((pages) => pages.preloadProducts(search)).catch(() => {});
}

/** Fetches the code of the pages behind the front page: at once when one of them is the first, else while the visitor reads. */
function preloadPages(): void {
  if (isAdmin(window.location.pathname)) return void AdminApp.preload().catch(() => {});
  const pages = [ProductsPage, ProductPage, CheckoutPage, ConfirmationPage, YouPage, WelcomePage, SignInPage];
  for (const page of pages) page.preload().catch(() => {});
  preloadDialogs();
}

export function App() {
  const { pathname } = useLocation();
  useEffect(() => {
    const timer = setTimeout(preloadPages, 2_000);
    return () => clearTimeout(timer);
  }, []);
  if (isAdmin(pathname)) {
    return (
      <ErrorBoundary words="That is a fault of the dashboard; nothing that runs is affected." home="/admin">
        <AdminApp themeButton={<ThemeButton hasWords />} />
      </ErrorBoundary>
    );
  }
  return <Layout><Routes routes={routes} /></Layout>;
}
