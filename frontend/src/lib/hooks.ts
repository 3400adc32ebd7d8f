import { useEffect, useRef, useState } from "react";

/** The value once it has not changed for `delay` milliseconds. */
export function useDebounced<T>(value: T, delay: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), delay);
    return () => clearTimeout(timer);
  }, [value, delay]);
  return settled;
}

/** Whether the browser has a network; false is certain, true is a hope. */
export function useOnline(): boolean {
  const [isOnline, setOnline] = useState(() => navigator.onLine);
  useEffect(() => {
    const update = () => setOnline(navigator.onLine);
    window.addEventListener("online", update);
    window.addEventListener("offline", update);
    return () => {
      window.removeEventListener("online", update);
      window.removeEventListener("offline", update);
    };
  }, []);
  return isOnline;
}

/** Calls `seen` once the element was half visible for a second without a break. */
export function useSeen<E extends Element>(seen: (() => void) | undefined) {
  const element = useRef<E>(null);
  const callback = useRef(seen);
  callback.current = seen;
  useEffect(() => {
    const target = element.current;
    if (!target || !callback.current) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const observer = new IntersectionObserver(
      ([entry]) => {
        clearTimeout(timer);
        if (!entry || entry.intersectionRatio < 0.5) return;
        timer = setTimeout(() => {
          observer.disconnect();
          callback.current?.();
        }, 1_000);
      },
      { threshold: [0, 0.5] },
    );
    observer.observe(target);
    return () => {
      clearTimeout(timer);
      observer.disconnect();
    };
  }, [seen === undefined]);
  return element;
}
