import { useEffect, useRef } from "react";
import type { ReactNode } from "react";
import { useLocation } from "../lib/router";

/** A page's heading: sets the title of the window, and takes the focus when the visitor came here by a link. */
export function PageHeading({ title, children, className }: { title: string; children?: ReactNode; className?: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { how } = useLocation();
  const cameByLink = useRef(how !== "load");
  useEffect(() => {
    document.title = `${title} – ${SHOP_NAME.replace("·", " ")}`;
  }, [title]);
  useEffect(() => {
    const focused = document.activeElement;
    // Data that came late must not take the focus from where the reader went meanwhile.
    const isFree = !focused || focused === document.body || !document.querySelector("main")?.contains(focused);
    if (cameByLink.current && isFree && !document.querySelector("dialog[open]")) heading.current?.focus({ preventScroll: true });
  }, []);
  return <h1 ref={heading} tabIndex={-1} {...(className ? { className } : {})}>{children ?? title}</h1>;
}
