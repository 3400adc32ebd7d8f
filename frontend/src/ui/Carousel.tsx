import { useEffect, useRef, useState } from "react";
import type { ReactNode } from "react";
import { LeftIcon, RightIcon } from "./icons";

/** A list that scrolls sideways and snaps; the buttons move it by what is visible. Touch, wheel and keyboard need none. */
export function Carousel({ label, children }: { label: string; children: readonly ReactNode[] }) {
  const list = useRef<HTMLUListElement>(null);
  const [ends, setEnds] = useState({ left: true, right: false });
  useEffect(() => {
    const element = list.current;
    if (!element) return;
    const look = () => {
      const rest = element.scrollWidth - element.clientWidth - element.scrollLeft;
      setEnds({ left: element.scrollLeft < 4, right: rest < 4 });
    };
    look();
    element.addEventListener("scroll", look, { passive: true });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => {
      element.removeEventListener("scroll", look);
      observer.disconnect();
    };
  }, [children.length]);
  const move = (direction: 1 | -1) => {
    const element = list.current;
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    element?.scrollBy({ left: direction * element.clientWidth * 0.9, behavior: isCalm ? "auto" : "smooth" });
  };
  return (
    <div className="carousel" role="group" aria-label={label}>
      <ul ref={list} className="carousel-list">
        {children.map((child, index) => <li key={index}>{child}</li>)}
      </ul>
      {ends.left && ends.right ? null : (
        <div className="carousel-buttons">
          <button type="button" className="icon-button" disabled={ends.left} onClick={() => move(-1)} aria-label={`Back in ${label}`}>
            <LeftIcon />
          </button>
          <button type="button" className="icon-button" disabled={ends.right} onClick={() => move(1)} aria-label={`On in ${label}`}>
            <RightIcon />
          </button>
        </div>
      )}
    </div>
  );
}
