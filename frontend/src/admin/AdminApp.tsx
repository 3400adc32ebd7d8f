import type { ReactNode } from "react";
import { setAdminKey, useAdminKey } from "../api/adminKey";
import { queries } from "../lib/query";
import { Link, Routes, useLocation } from "../lib/router";
import type { Route } from "../lib/router";
import { PageHeading } from "../ui/Page";
import { EmptyState } from "../ui/states";
import { Toasts } from "../ui/toast";
import { CachePage } from "./cache/CachePage";
import { CostPage } from "./costs/CostPage";
import { CustomerPage } from "./customers/CustomerPage";
import { CustomersPage } from "./customers/CustomersPage";
import { DataPage } from "./data/DataPage";
import { ExperimentPage } from "./experiments/ExperimentPage";
import { ExperimentsPage } from "./experiments/ExperimentsPage";
import { JobPage } from "./jobs/JobPage";
import { JobsPage } from "./jobs/JobsPage";
import { ModelsPage } from "./models/ModelsPage";
import { OverviewPage } from "./overview/OverviewPage";
import { ProductPage } from "./products/ProductPage";
import { ProductsPage } from "./products/ProductsPage";
import { RecommenderPage } from "./recommender/RecommenderPage";
import { SchedulePage } from "./schedule/SchedulePage";
import { SignIn } from "./SignIn";

const rooms = [
  { path: "/admin", name: "Overview" },
  { path: "/admin/jobs", name: "Jobs" },
  { path: "/admin/models", name: "Models" },
  { path: "/admin/schedule", name: "Schedule" },
  { path: "/admin/recommender", name: "Recommender" },
  { path: "/admin/experiments", name: "Experiments" },
  { path: "/admin/cache", name: "Cache" },
  { path: "/admin/data", name: "Data" },
  { path: "/admin/cost", name: "Cost" },
  { path: "/admin/products", name: "Products" },
  { path: "/admin/customers", name: "Customers" },
] as const;

const routes: readonly Route[] = [
  { path: "/admin", element: <OverviewPage /> },
  { path: "/admin/jobs", element: <JobsPage /> },
  { path: "/admin/jobs/:id", element: <JobPage /> },
  { path: "/admin/models", element: <ModelsPage /> },
  { path: "/admin/schedule", element: <SchedulePage /> },
  { path: "/admin/recommender", element: <RecommenderPage /> },
  { path: "/admin/experiments", element: <ExperimentsPage /> },
  { path: "/admin/experiments/:id", element: <ExperimentPage /> },
  { path: "/admin/cache", element: <CachePage /> },
  { path: "/admin/data", element: <DataPage /> },
  { path: "/admin/cost", element: <CostPage /> },
  { path: "/admin/products", element: <ProductsPage /> },
  { path: "/admin/products/:id", element: <ProductPage /> },
  { path: "/admin/customers", element: <CustomersPage /> },
  { path: "/admin/customers/:id", element: <CustomerPage /> },
  { path: "*", element: <NoSuchRoom /> },
];

/** The dashboard: behind the key, in a frame of its own. */
export function AdminApp({ themeButton }: { themeButton: ReactNode }) {
  const { pathname } = useLocation();
  const isOpen = useAdminKey((state) => state.key !== undefined);
  return (
    <div className="desk">
      <a className="skip" href="#main" onClick={skip}>Skip to the content</a>
      <header className="desk-top">
        <div className="wrap desk-row">
          <Link className="mark" to="/admin" aria-current={undefined}>{SHOP_NAME}</Link>
          {isOpen ? <Rooms pathname={pathname} /> : null}
          <div className="desk-aside">
            <Link to="/">To the shop</Link>
            {themeButton}
            {isOpen ? <button type="button" className="link" onClick={leave}>Lock</button> : null}
          </div>
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        {isOpen ? <div className="wrap"><Routes routes={routes} /></div> : <SignIn />}
      </main>
      <Toasts />
    </div>
  );
}

function Rooms({ pathname }: { pathname: string }) {
  const isIn = (path: string) => pathname === path || (path !== "/admin" && pathname.startsWith(`${path}/`));
  return (
    <nav className="desk-rooms" aria-label="Dashboard">
      {rooms.map(({ path, name }) => (
        <Link key={path} to={path} aria-current={pathname === path ? "page" : isIn(path) ? "true" : undefined}>{name}</Link>
      ))}
    </nav>
  );
}

function skip(event: { preventDefault(): void }): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

/** The key goes, and what it showed. */
function leave(): void {
  setAdminKey(undefined);
  queries.forget("admin:");
}

function NoSuchRoom() {
  return (
    <div className="room">
      <PageHeading title="There is no such page" />
      <EmptyState title="Nothing is at this address." action={<Link className="button" to="/admin">To the overview</Link>}>
        The link may be old.
      </EmptyState>
    </div>
  );
}
