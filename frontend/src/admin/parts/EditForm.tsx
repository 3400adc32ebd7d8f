import { useEffect, useRef } from "react";
import type { ReactNode } from "react";
import { counted } from "../../lib/format";
import { differences } from "./editing";
import type { Words } from "./editing";
import { TableFrame } from "./pieces";
import { causeOf } from "./states";
import type { Edit } from "./useEdit";

/** The form around the fields of a document: saving, what is wrong, and what somebody else stored meanwhile. */
export function EditForm<Draft extends object>({ edit, name, wordsOf, after, children }: {
  edit: Edit<Draft>;
  name: string;
  /** The fields of the document in words, to show theirs beside mine. */
  wordsOf: (draft: Draft) => Words;
  /** Said when it is stored. */
  after?: ReactNode;
  children: ReactNode;
}) {
  const form = useRef<HTMLFormElement>(null);
  const count = Object.keys(edit.faults).length;
  useEffect(() => {
    // Whoever saved is brought to what has to be put right.
    if (count > 0 && !form.current?.querySelector('[aria-invalid="true"]:focus')) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [count === 0, edit.isSaving]);
  return (
    <form
      ref={form}
      className="edit"
      aria-label={name}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void edit.save();
      }}
    >
      {edit.theirs === undefined ? null : <Conflict edit={edit} mine={wordsOf(edit.draft)} theirs={wordsOf(edit.theirs)} />}
      {children}
      <div className="edit-foot">
        <button type="submit" className="button" aria-disabled={edit.isSaving || !edit.isChanged || edit.theirs !== undefined}>
          {edit.isSaving ? "Saving …" : "Save"}
        </button>
        <button type="button" className="button quiet" disabled={!edit.isChanged || edit.isSaving} onClick={edit.undo}>Undo my changes</button>
        <div className="edit-outcome" role="status">
          {edit.failure !== undefined ? <p className="fault">{`Not saved. ${causeOf(edit.failure)}`}</p>
            : count > 0 ? <p className="fault">{`Not saved: ${counted(count, "field")} ${count === 1 ? "has" : "have"} to be put right.`}</p>
            : edit.theirs !== undefined ? <p className="fault">Not saved: choose one of the two first.</p>
            : edit.isChanged ? <p className="small">Not saved yet.</p>
            : after ?? <p className="small">This is what is stored.</p>}
        </div>
      </div>
    </form>
  );
}

function Conflict<Draft extends object>({ edit, mine, theirs }: { edit: Edit<Draft>; mine: Words; theirs: Words }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section className="conflict" aria-labelledby="conflict">
      <h2 id="conflict" ref={heading} tabIndex={-1}>Somebody else has saved meanwhile</h2>
      <p>Nothing of yours is lost and nothing of theirs is overwritten. This is where the two differ:</p>
      <TableFrame name="Theirs beside yours">
        <thead><tr><th scope="col">Field</th><th scope="col">Stored now</th><th scope="col">Yours</th></tr></thead>
        <tbody>
          {differences(mine, theirs).map((row) => (
            <tr key={row.label}><th scope="row">{row.label}</th><td>{row.theirs}</td><td>{row.mine}</td></tr>
          ))}
        </tbody>
      </TableFrame>
      <div className="actions">
        <button type="button" className="button" onClick={edit.takeTheirs}>Take what is stored</button>
        <button type="button" className="button quiet" onClick={edit.keepMine}>Keep mine, to save it over theirs</button>
      </div>
    </section>
  );
}
