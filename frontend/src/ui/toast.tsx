// Short messages at the bottom of the page, read out politely, gone after some seconds unless the reader is at them.
import { useEffect, useState } from "react";
import { create } from "../lib/store";

interface Toast {
  id: number;
  text: string;
  action?: { label: string; run: () => void };
}

const useToasts = create<{ toasts: Toast[] }>(() => ({ toasts: [] }));
let lastId = 0;

export function toast(text: string, action?: Toast["action"]): void {
  lastId += 1;
  const next = { id: lastId, text, ...(action ? { action } : {}) };
  // The newest alone: a pile hides what it is about.
  useToasts.setState({ toasts: [next] });
}

const dismiss = (id: number) =>
  useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((each) => each.id !== id) }));

export function Toasts() {
  const { toasts } = useToasts();
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map((each) => <Line key={each.id} toast={each} />)}
    </div>
  );
}

function Line({ toast: { id, text, action } }: { toast: Toast }) {
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    if (isHeld) return;
    const timer = setTimeout(() => dismiss(id), action ? 8_000 : 4_000);
    return () => clearTimeout(timer);
  }, [id, isHeld, action]);
  return (
    <p
      className="toast"
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span>{text}</span>
      {action ? (
        <button type="button" className="link" onClick={() => (action.run(), dismiss(id))}>{action.label}</button>
      ) : null}
    </p>
  );
}
