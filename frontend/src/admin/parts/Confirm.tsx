import { useState } from "react";
import type { ReactNode } from "react";
import { Dialog } from "../../ui/Dialog";
import { causeOf } from "./states";

/** Asks before something that customers notice, and stays open with the reason when it does not work. */
export function Confirm({ title, verb, children, run, onClose }: {
  title: string;
  verb: string;
  children: ReactNode;
  run: () => Promise<void>;
  onClose: () => void;
}) {
  const [isRunning, setRunning] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const confirm = async () => {
    if (isRunning) return;
    setRunning(true);
    setFailure(undefined);
    try {
      await run();
      onClose();
    } catch (error) {
      setFailure(error);
      setRunning(false);
    }
  };
  return (
    <Dialog title={title} kind="sheet" onClose={onClose}>
      <div>{children}</div>
      {failure === undefined ? null : <p className="fault" role="alert">{causeOf(failure)}</p>}
      <div className="actions">
        <button type="button" className="button" aria-disabled={isRunning} onClick={() => void confirm()}>{isRunning ? "One moment …" : verb}</button>
        <button type="button" className="button quiet" onClick={onClose}>Leave it as it is</button>
      </div>
    </Dialog>
  );
}
