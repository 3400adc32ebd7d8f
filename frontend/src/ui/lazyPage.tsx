import { lazy, Suspense, useState } from "react";
import type { ComponentType } from "react";

export type Sheet = "pages" | "admin";

const sheets = new Map<Sheet, Promise<unknown>>();

/** The style sheet of what is loaded later; the build names it in a link that does nothing by itself. */
function laterStyles(sheet: Sheet): Promise<unknown> {
  const named = document.querySelector<HTMLLinkElement>(`link[data-later="${sheet}"]`);
  if (!named) return Promise.resolve();
  const known = sheets.get(sheet);
  if (known) return known;
  const styles = new Promise((resolve) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = named.href;
    // Without its styles a page is ugly, not useless.
    link.onload = link.onerror = resolve;
    document.head.append(link);
  });
  sheets.set(sheet, styles);
  return styles;
}

export interface LazyPage<Props> {
  (props: Props): JSX.Element;
  /** Fetches the code ahead of its use. */
  preload(): Promise<unknown>;
}

/** A component with its own file of code, fetched when it is first shown. Once it is there it is shown without a gap. */
export function lazyPage<Props extends object>(load: () => Promise<ComponentType<Props>>, sheet: Sheet = "pages"): LazyPage<Props> {
  let loaded: ComponentType<Props> | undefined;
  let promise: Promise<ComponentType<Props>> | undefined;
  const preload = () => {
    promise ??= Promise.all([load(), laterStyles(sheet)]).then(
      ([component]) => (loaded = component),
      (error: unknown) => {
        // The next attempt asks again: the network may be back.
        promise = undefined;
        throw error;
      },
    );
    return promise;
  };
  const Later = lazy(() => preload().then((component) => ({ default: component as ComponentType<object> })));
  function Page(props: Props) {
    // As it was first shown: another kind of element would throw away what is on the page, and its focus.
    const [Loaded] = useState(() => loaded);
    return Loaded ? <Loaded {...props} /> : <Suspense fallback={null}><Later {...props} /></Suspense>;
  }
  return Object.assign(Page, { preload });
}
