import { useId } from "react";
import type { ReactNode } from "react";

/** A part of a page under a heading, with something small on the right. */
export function Section({ title, aside, note, children }: {
  title: string;
  aside?: ReactNode;
  /** Beside the heading, where the right is taken. */
  note?: ReactNode;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <section className="section" aria-labelledby={id}>
      <div className="section-head">
        <h2 id={id}>{title}</h2>
        {note ? <div className="section-note small">{note}</div> : null}
        {aside ? <div className="section-aside">{aside}</div> : null}
      </div>
      {children}
    </section>
  );
}
