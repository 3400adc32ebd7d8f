import { useRef, useState } from "react";
import { triggerBatch } from "../../api/admin";
import type { BatchJob } from "../../api/types";
import { newId } from "../../lib/ids";
import { queries } from "../../lib/query";
import { navigate } from "../../lib/router";
import { causeOf } from "./states";
import { typeWords } from "./words";

/** Starts a run and goes to it. The key is kept until an answer came: clicking again after a lost one starts no second run. */
function useStart() {
  const key = useRef<string | undefined>(undefined);
  const [isStarting, setStarting] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const start = async (type: BatchJob["job_type"]) => {
    if (isStarting) return;
    setStarting(true);
    setFailure(undefined);
    key.current ??= newId("run");
    try {
      const job = await triggerBatch(type, key.current);
      key.current = undefined;
      queries.invalidate("admin:/batch");
      navigate(`/admin/jobs/${job.job_id}`);
    } catch (error) {
      setFailure(error);
      setStarting(false);
    }
  };
  return { start, isStarting, failure };
}

/** The button beside a sentence that asks for a run. */
export function StartButton({ type = "full", isQuiet = false, children }: { type?: BatchJob["job_type"]; isQuiet?: boolean; children: string }) {
  const { start, isStarting, failure } = useStart();
  return (
    <>
      <button type="button" className={isQuiet ? "button quiet small-button" : "button"} aria-disabled={isStarting} onClick={() => void start(type)}>{isStarting ? "Starting …" : children}</button>
      {failure === undefined ? null : <span className="fault" role="alert">{causeOf(failure)}</span>}
    </>
  );
}

/** Whose lists are to be made anew, and the button. */
export function StartRun() {
  const { start, isStarting, failure } = useStart();
  const [type, setType] = useState<BatchJob["job_type"]>("full");
  return (
    <form
      className="start-run"
      onSubmit={(event) => {
        event.preventDefault();
        void start(type);
      }}
    >
      <label className="field">
        <span>Make lists for</span>
        <select value={type} onChange={(event) => setType(event.target.value as BatchJob["job_type"])}>
          {Object.entries(typeWords).map(([value, words]) => <option key={value} value={value}>{words}</option>)}
        </select>
      </label>
      <button type="submit" className="button" aria-disabled={isStarting}>{isStarting ? "Starting …" : "Start a run"}</button>
      {failure === undefined ? null : <p className="fault" role="alert">{causeOf(failure)}</p>}
    </form>
  );
}
