import { useLayoutEffect, useRef } from "react";
import type { ReactNode } from "react";
import { CloseIcon } from "./icons";

interface Props {
  title: string;
  /** `drawer` comes from the right, `sheet` is in the middle. */
  kind: "drawer" | "sheet";
  onClose: () => void;
  children: ReactNode;
}

/** A modal of the browser's own: it keeps the focus, closes on Escape and gives the focus back to what opened it. */
export function Dialog({ title, kind, onClose, children }: Props) {
  const element = useRef<HTMLDialogElement>(null);
  const close = useRef(onClose);
  close.current = onClose;
  // Before it is painted: a key that is pressed in between would still go to the page behind it.
  useLayoutEffect(() => {
    const dialog = element.current;
    const opener = document.activeElement;
    if (!dialog) return;
    if (!dialog.open) dialog.showModal();
    document.documentElement.classList.add("is-covered");
    return () => {
      document.documentElement.classList.remove("is-covered");
      // While it is open nothing behind it takes the focus.
      dialog.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      className={`dialog ${kind}`}
      aria-labelledby="dialog-title"
      onCancel={(event) => {
        event.preventDefault();
        close.current();
      }}
      // The ground around the content belongs to the dialog itself.
      onMouseDown={(event) => event.target === element.current && close.current()}
    >
      <div className="dialog-body">
        <header className="dialog-head">
          <h2 id="dialog-title" tabIndex={-1}>{title}</h2>
          <button type="button" className="icon-button" aria-label="Close" onClick={onClose}><CloseIcon /></button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
