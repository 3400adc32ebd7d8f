// What the rooms are built of: panels, tables, figures, states of things.
import { useId } from "react";
import type { ReactNode } from "react";

/** A part of a room under a heading. */
export function Panel({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id}>
      <div className="panel-head">
        <h2 id={id}>{title}</h2>
        {aside ? <div className="panel-aside small">{aside}</div> : null}
      </div>
      {children}
    </section>
  );
}

/** One figure: what it is, the figure, what it is out of. */
export function Tile({ label, figure, children }: { label: string; figure: ReactNode; children?: ReactNode }) {
  return (
    <div className="tile">
      <dt className="small">{label}</dt>
      <dd>
        <b>{figure}</b>
        {children ? <span className="small">{children}</span> : null}
      </dd>
    </div>
  );
}

/** A wide table scrolls by itself, also with the keyboard; the page does not. */
export function TableFrame({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="table-frame" role="group" aria-label={name} tabIndex={0}>
      <table>{children}</table>
    </div>
  );
}

export type Tone = "good" | "busy" | "bad" | "plain";

/** A state in words; the mark before it repeats it in colour. */
export function State({ tone, children }: { tone: Tone; children: ReactNode }) {
  return <span className="state" data-tone={tone}>{children}</span>;
}

export function Progress({ percent, label }: { percent: number; label: string }) {
  const value = Math.round(Math.min(100, Math.max(0, percent)));
  return (
    <div className="progress" role="progressbar" aria-label={label} aria-valuenow={value} aria-valuemin={0} aria-valuemax={100}>
      <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect className="bar-ground" width="100" height="4" />
        <rect className="bar-share" width={value} height="4" />
      </svg>
    </div>
  );
}

/** To the pages before and after; nothing when there is one page. */
export function Pager({ page, pageSize, total, onPage }: { page: number; pageSize: number; total: number; onPage: (page: number) => void }) {
  const last = Math.max(1, Math.ceil(total / pageSize));
  if (last === 1) return null;
  return (
    <nav className="pager" aria-label="Pages">
      <button type="button" className="button quiet small-button" disabled={page <= 1} onClick={() => onPage(page - 1)}>Previous</button>
      <span className="small">{`Page ${page} of ${last}`}</span>
      <button type="button" className="button quiet small-button" disabled={page >= last} onClick={() => onPage(page + 1)}>Next</button>
    </nav>
  );
}
