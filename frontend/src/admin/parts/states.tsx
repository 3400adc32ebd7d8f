// Loading, failed and stale in the dashboard: its readers want the API's own words.
import { ApiError } from "../../api/client";
import { sentence } from "../../lib/format";
import type { Query } from "../../lib/useQuery";
import { LoadingNote } from "../../ui/states";

export function causeOf(error: unknown): string {
  return error instanceof ApiError ? sentence(error.message) : "The dashboard could not read the answer.";
}

export function Failed({ what, error, onRetry }: { what: string; error: unknown; onRetry: () => void }) {
  return (
    <div className="note" role="alert">
      <p className="note-title">{`Could not read ${what}.`}</p>
      <p>{causeOf(error)}</p>
      <p className="note-action"><button type="button" className="button quiet" onClick={onRetry}>Try again</button></p>
    </div>
  );
}

export function Bones({ what, rows = 5 }: { what: string; rows?: number }) {
  return (
    <>
      <LoadingNote>{`Reading ${what}`}</LoadingNote>
      <div className="bones skeleton" aria-hidden="true">
        {Array.from({ length: rows }, (_, index) => <span key={index} className="bone bone-row" />)}
      </div>
    </>
  );
}

/** About data that could not be read again. At the bottom of the window, so that nothing moves when a reading of many fails. */
export function Stale({ queries, what }: { queries: readonly Query<unknown>[]; what: string }) {
  const failed = queries.filter(({ error, data }) => error !== undefined && data !== undefined);
  if (failed.length === 0) return null;
  return (
    <p className="stale" role="status">
      {`${what} may be older than it says: ${causeOf(failed[0]?.error)} `}
      <button type="button" className="link" onClick={() => failed.forEach(({ retry }) => retry())}>Try again</button>
    </p>
  );
}
