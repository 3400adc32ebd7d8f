// The four states of everything that is read from the API: loading, empty, failed, stale.
import type { ReactNode } from "react";
import { ApiError } from "../api/client";
import { sentence } from "../lib/format";
import { Link } from "../lib/router";
import type { Query } from "../lib/useQuery";
import { CardSkeleton } from "./ProductCard";

/** Says for screen readers what the skeletons beside it show. */
export function LoadingNote({ children }: { children: ReactNode }) {
  return <p className="hidden-text" role="status">{children}</p>;
}

/** `row` has the shape of a carousel. */
export function GridSkeleton({ count, what, shape = "grid" }: { count: number; what: string; shape?: "grid" | "row" }) {
  return (
    <>
      <LoadingNote>{`Fetching ${what}`}</LoadingNote>
      <div className={shape === "row" ? "carousel-list" : "grid"} aria-hidden="true">
        {Array.from({ length: count }, (_, index) => <CardSkeleton key={index} />)}
      </div>
    </>
  );
}

interface NoteProps {
  title: string;
  children: ReactNode;
  action?: ReactNode;
}

export function EmptyState({ title, children, action }: NoteProps) {
  return (
    <div className="note">
      <p className="note-title">{title}</p>
      <p>{children}</p>
      {action ? <p className="note-action">{action}</p> : null}
    </div>
  );
}

/** Why it failed, in words for customers. */
export function reasonOf(error: unknown): string {
  if (isSignedOut(error)) return "Please sign in again.";
  if (error instanceof ApiError) return error.status >= 500 ? "The shop has trouble answering right now." : sentence(error.message);
  return "Something went wrong on our side.";
}

/** The session is over, or was somebody else's. */
const isSignedOut = (error: unknown) =>
  error instanceof ApiError && (error.status === 401 || error.status === 403 || error.kind === "not-json");

/** What could not be shown, why, and a way to try again. */
export function ErrorState({ what, error, onRetry, action }: {
  what: string;
  error: unknown;
  onRetry?: () => void;
  action?: ReactNode;
}) {
  return (
    <div className="note" role="alert">
      <p className="note-title">{`We could not fetch ${what}.`}</p>
      <p>{reasonOf(error)}</p>
      <p className="note-action">
        {isSignedOut(error) ? <Link className="button" to="/sign-in">Sign in</Link>
          : onRetry ? <button type="button" className="button quiet" onClick={onRetry}>Try again</button> : null}
        {action}
      </p>
    </div>
  );
}

/** Above data that is older than it should be. */
export function StaleNote({ query, what }: { query: Query<unknown>; what: string }) {
  if (query.error === undefined || query.data === undefined) return null;
  return (
    <p className="stale" role="status">
      {`We could not refresh ${what}, so this is what we had.`}{" "}
      <button type="button" className="link" onClick={query.retry}>Try again</button>
    </p>
  );
}
