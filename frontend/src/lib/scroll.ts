// Where each page of the history was scrolled to. Data comes after the page, so a position is restored once the page is
// long enough, and given up when the reader scrolls first.
const storageKey = "shop.scroll";
const positions = new Map<string, number>(read());
/** How long a page may take to become as long as it was. */
const patience = 3_000;

function read(): [string, number][] {
  try {
    return JSON.parse(sessionStorage.getItem(storageKey) ?? "[]") as [string, number][];
  } catch {
    return [];
  }
}

/** Notes where the page is; the newest fifty pages are kept. */
export function leavePage(key: string): void {
  positions.delete(key);
  positions.set(key, window.scrollY);
  try {
    sessionStorage.setItem(storageKey, JSON.stringify([...positions].slice(-50)));
  } catch {
    // Without storage positions last until the reload.
  }
}

export function restoreScroll(key: string): void {
  const top = positions.get(key);
  if (top === undefined) return window.scrollTo(0, 0);
  let isOver = false;
  const stop = () => {
    isOver = true;
  };
  for (const kind of ["wheel", "touchstart", "keydown", "pointerdown"]) {
    window.addEventListener(kind, stop, { once: true, passive: true });
  }
  const end = performance.now() + patience;
  const attempt = () => {
    if (isOver) return;
    window.scrollTo(0, top);
    if (Math.abs(window.scrollY - top) > 1 && performance.now() < end) requestAnimationFrame(attempt);
  };
  requestAnimationFrame(attempt);
}
