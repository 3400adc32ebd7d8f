// A form over something that others may change meanwhile: what it was made of, what it says now, and what somebody else stored since.
import type { Tagged } from "../../api/client";

export interface Editing<Draft> {
  /** What is stored, as far as this form knows; its tag is named when the form is saved. */
  base: Tagged<Draft>;
  draft: Draft;
  /** What somebody else stored while this form was being changed; undefined when nobody did. */
  theirs: Tagged<Draft> | undefined;
}

const isSame = (left: unknown, right: unknown) => JSON.stringify(left) === JSON.stringify(right);

export const opened = <Draft>(stored: Tagged<Draft>): Editing<Draft> => ({ base: stored, draft: stored.data, theirs: undefined });

export const isChanged = <Draft>({ base, draft }: Editing<Draft>) => !isSame(base.data, draft);

/**
 * What was read again. A form without changes follows it; a newer version that says the same in the fields of the form is no
 * conflict: its tag is taken over.
 */
export function readAgain<Draft>(editing: Editing<Draft>, stored: Tagged<Draft>): Editing<Draft> {
  const { base, draft, theirs } = editing;
  if (stored.tag === (theirs ?? base).tag) return editing;
  if (isSame(stored.data, base.data)) return { base: stored, draft, theirs: undefined };
  if (!isChanged(editing) || isSame(stored.data, draft)) return opened(stored);
  return { base, draft, theirs: stored };
}

/** `sent` is stored now; what was typed while it was on its way stays, as a change of it. */
export const saved = <Draft>({ draft }: Editing<Draft>, sent: Draft, stored: Tagged<Draft>): Editing<Draft> =>
  isSame(draft, sent) ? opened(stored) : { base: stored, draft, theirs: undefined };

/** The form says what they stored. */
export const takeTheirs = <Draft>(editing: Editing<Draft>) => (editing.theirs ? opened(editing.theirs) : editing);

/** The form goes on as it is, knowing theirs: saving it replaces them. */
export const keepMine = <Draft>(editing: Editing<Draft>): Editing<Draft> =>
  editing.theirs ? { base: editing.theirs, draft: editing.draft, theirs: undefined } : editing;

/** A field that both sides show, in words. */
export type Words = readonly (readonly [label: string, text: string])[];

/** The fields that differ, theirs beside mine. */
export function differences(mine: Words, theirs: Words): { label: string; mine: string; theirs: string }[] {
  return mine.flatMap(([label, text]) => {
    const other = theirs.find(([name]) => name === label)?.[1] ?? "";
    return other === text ? [] : [{ label, mine: text, theirs: other }];
  });
}
