import { useEffect, useRef, useState } from "react";
import { ApiError } from "../../api/client";
import type { Tagged } from "../../api/client";
import { sentence } from "../../lib/format";
import { queries } from "../../lib/query";
import type { Query } from "../../lib/useQuery";
import { isChanged, keepMine, opened, readAgain, saved, takeTheirs } from "./editing";
import type { Editing } from "./editing";

/** What is wrong with each field, by its JSON pointer: `/ranking/diversity`. */
export type Faults = Readonly<Record<string, string>>;

export interface Edit<Draft> {
  draft: Draft;
  isChanged: boolean;
  isSaving: boolean;
  faults: Faults;
  /** Why it could not be saved, when that is no field's fault. */
  failure: unknown;
  /** What somebody else stored since; saving waits until one of the two is chosen. */
  theirs: Draft | undefined;
  change(part: Partial<Draft>, pointer?: string): void;
  /** Whether it is stored now. */
  save(): Promise<boolean>;
  /** Back to what is stored. */
  undo(): void;
  takeTheirs(): void;
  keepMine(): void;
}

interface Parts<Data, Draft> {
  /** Of the query cache: holds a tagged document. */
  key: string;
  query: Query<Tagged<Data>>;
  read: () => Promise<Tagged<Data>>;
  draftOf: (data: Data) => Draft;
  /** What is wrong before anything is sent. */
  faultsOf: (draft: Draft) => Faults;
  store: (draft: Draft, stored: Data, tag: string) => Promise<Tagged<Data>>;
}

/** A form over a document with a version; undefined until the document is there. */
export function useEdit<Data, Draft extends object>({ key, query, read, draftOf, faultsOf, store }: Parts<Data, Draft>): Edit<Draft> | undefined {
  const [editing, setEditing] = useState<Editing<Draft> | undefined>();
  const [faults, setFaults] = useState<Faults>({});
  const [failure, setFailure] = useState<unknown>();
  const [isSaving, setSaving] = useState(false);
  /** The document of the last answer: what the form does not show goes back as it was. */
  const latest = useRef<Data | undefined>(undefined);
  const tagged = (stored: Tagged<Data>): Tagged<Draft> => {
    latest.current = stored.data;
    return { data: draftOf(stored.data), tag: stored.tag };
  };
  const { data } = query;
  useEffect(() => {
    if (data === undefined || isSaving) return;
    const stored = tagged(data);
    setEditing((before) => (before === undefined ? opened(stored) : readAgain(before, stored)));
  }, [data, isSaving]);
  if (editing === undefined) return undefined;

  const accept = (sent: Draft, stored: Tagged<Data>) => {
    const next = tagged(stored);
    setEditing((now) => now && saved(now, sent, next));
    queries.set<Tagged<Data>>(key, () => stored);
  };
  /** Once more when what changed is nothing that the form shows. */
  const attempt = async (from: Editing<Draft>, isAgain = false): Promise<boolean> => {
    if (latest.current === undefined) return false;
    try {
      accept(from.draft, await store(from.draft, latest.current, from.base.tag));
      return true;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 412) throw error;
      const stored = await read();
      queries.set<Tagged<Data>>(key, () => stored);
      const next = readAgain(from, tagged(stored));
      setEditing(next);
      if (next.theirs !== undefined) return false;
      return isChanged(next) ? !isAgain && attempt(next, true) : true;
    }
  };
  const save = async () => {
    if (isSaving || editing.theirs !== undefined) return false;
    const found = faultsOf(editing.draft);
    setFaults(found);
    setFailure(undefined);
    if (Object.keys(found).length > 0) return false;
    setSaving(true);
    try {
      return await attempt(editing);
    } catch (error) {
      const named = error instanceof ApiError ? error.faults.filter(({ pointer }) => pointer !== undefined && pointer.length > 2) : [];
      setFaults(Object.fromEntries(named.map(({ pointer = "", detail }) => [pointer.replace(/^#/, ""), sentence(detail)])));
      if (named.length === 0) setFailure(error);
      return false;
    } finally {
      setSaving(false);
    }
  };
  const move = (step: (editing: Editing<Draft>) => Editing<Draft>) => {
    setFaults({});
    setFailure(undefined);
    setEditing(step(editing));
  };
  return {
    draft: editing.draft,
    isChanged: isChanged(editing),
    isSaving,
    faults,
    failure,
    theirs: editing.theirs?.data,
    change: (part, pointer) => {
      if (pointer !== undefined) setFaults((before) => Object.fromEntries(Object.entries(before).filter(([name]) => !name.startsWith(pointer))));
      setEditing((before) => before && { ...before, draft: { ...before.draft, ...part } });
    },
    save,
    undo: () => move(({ base }) => opened(base)),
    takeTheirs: () => move(takeTheirs),
    keepMine: () => move(keepMine),
  };
}
