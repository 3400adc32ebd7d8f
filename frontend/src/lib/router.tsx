// Addresses and pages, shaped like React Router's hooks. frontend/README.md says why it is ours.
import { createContext, useContext, useMemo, useSyncExternalStore } from "react";
import type { AnchorHTMLAttributes, MouseEvent, ReactNode } from "react";
import { leavePage, restoreScroll } from "./scroll";

export interface Location {
  readonly pathname: string;
  /** With its question mark, or empty. */
  readonly search: string;
  /** Of this entry of the history. */
  readonly key: string;
  /** How the visitor came here: the first page, by a link, in its place, or by back and forward. */
  readonly how: "load" | "push" | "replace" | "pop";
}

interface NavigateOptions {
  replace?: boolean;
  /** False leaves the page where it is: a filter changed, not the page. */
  scroll?: boolean;
}

const newKey = () => Math.random().toString(36).slice(2);
/** Of the entry of the history that is shown; a page that was just loaded has none yet. */
const entryKey = () => (history.state as { key?: string } | null)?.key;

const listeners = new Set<() => void>();
if (typeof window !== "undefined" && entryKey() === undefined) history.replaceState({ key: newKey() }, "");
let current: Location = here("load");

function here(how: Location["how"]): Location {
  if (typeof window === "undefined") return { pathname: "/", search: "", key: "server", how };
  const { pathname, search } = window.location;
  return { pathname, search, key: entryKey() ?? "", how };
}

function announce(how: Location["how"]): void {
  current = here(how);
  for (const listener of [...listeners]) listener();
}

/** Goes to an address of this shop, such as `/products?page=2`. */
export function navigate(to: string, { replace = false, scroll = true }: NavigateOptions = {}): void {
  leavePage(current.key);
  const key = replace ? current.key : newKey();
  history[replace ? "replaceState" : "pushState"]({ key }, "", to);
  announce(replace ? "replace" : "push");
  if (scroll) window.scrollTo(0, 0);
}

if (typeof window !== "undefined") {
  history.scrollRestoration = "manual";
  restoreScroll(current.key);
  window.addEventListener("popstate", () => {
    leavePage(current.key);
    announce("pop");
    restoreScroll(current.key);
  });
  window.addEventListener("pagehide", () => leavePage(current.key));
}

export function useLocation(): Location {
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  return useSyncExternalStore(subscribe, () => current, () => current);
}

/** The query of the address, and a way to change it: `update` gets a copy. */
export function useSearchParams(): [URLSearchParams, (update: (next: URLSearchParams) => void, options?: NavigateOptions) => void] {
  const { search } = useLocation();
  const params = useMemo(() => new URLSearchParams(search), [search]);
  const change = (update: (next: URLSearchParams) => void, options?: NavigateOptions) => {
    // From the address as it is now: a debounced change may come after others.
    const next = new URLSearchParams(window.location.search);
    update(next);
    const text = next.toString();
    if (text !== new URLSearchParams(window.location.search).toString()) {
      navigate(window.location.pathname + (text ? `?${text}` : ""), options);
    }
  };
  return [params, change];
}

/** The parameters of `/products/:id` in a path, or null when it does not match. A trailing slash changes nothing. */
export function matchPath(pattern: string, pathname: string): Record<string, string> | null {
  if (pattern === "*") return {};
  const split = (path: string) => path.split("/").filter((part) => part !== "");
  const [wanted, given] = [split(pattern), split(pathname)];
  const open = wanted[wanted.length - 1] === "*";
  if (open ? given.length < wanted.length - 1 : given.length !== wanted.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? "";
    if (part.startsWith(":")) {
      try {
        params[part.slice(1)] = decodeURIComponent(value);
      } catch {
        return null;
      }
    } else if (part !== "*" && part !== value) return null;
  }
  return params;
}

const Params = createContext<Record<string, string>>({});
export const useParams = () => useContext(Params);

export interface Route {
  path: string;
  element: ReactNode;
}

/** The first route that matches. Its page starts anew when a parameter changes, not when the query does. */
export function Routes({ routes }: { routes: readonly Route[] }) {
  const { pathname } = useLocation();
  for (const { path, element } of routes) {
    const params = matchPath(path, pathname);
    if (params) return <Params.Provider key={path + JSON.stringify(params)} value={params}>{element}</Params.Provider>;
  }
  return null;
}

type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { to: string };

/** A link within the shop. `aria-current` marks the page it leads to. */
export function Link({ to, onClick, children, ...rest }: LinkProps) {
  const { pathname } = useLocation();
  const click = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (event.defaultPrevented || !isPlain || rest.target) return;
    event.preventDefault();
    navigate(to);
  };
  const isHere = to === pathname;
  return <a {...(isHere ? { "aria-current": "page" as const } : {})} {...rest} href={to} onClick={click}>{children}</a>;
}
