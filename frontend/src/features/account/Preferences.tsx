import { useState } from "react";
import { getUser } from "../../api/endpoints";
import { useQuery } from "../../lib/useQuery";
import { Section } from "../../ui/Section";
import { ErrorState, LoadingNote, reasonOf } from "../../ui/states";
import { toast } from "../../ui/toast";
import { chosenCategories, saveCategories, userKey } from "./categories";
import { CategoryPicker } from "./CategoryPicker";

/** What the customer likes, as chosen in words; it can be changed at any time. */
export function Preferences({ userId }: { userId: string }) {
  const query = useQuery(userKey(userId), (signal) => getUser(userId, signal));
  const [draft, setDraft] = useState<string[] | undefined>();
  const [isSaving, setSaving] = useState(false);
  const chosen = query.data ? chosenCategories(query.data) : [];
  const save = async () => {
    if (draft === undefined || isSaving) return;
    setSaving(true);
    try {
      await saveCategories(userId, draft);
      setDraft(undefined);
      toast("Saved. Your picks follow.");
    } catch (error) {
      toast(`${reasonOf(error)} Your choice is still here.`);
    }
    setSaving(false);
  };
  return (
    <Section
      title="What you like"
      aside={draft === undefined && query.data ? <button type="button" className="link" onClick={() => setDraft(chosen)}>Change</button> : null}
    >
      {!query.data ? (
        query.error === undefined ? <LoadingNote>Fetching what you like</LoadingNote>
        : <ErrorState what="what you like" error={query.error} onRetry={query.retry} />
      ) : draft === undefined ? (
        chosen.length === 0 ? <p className="small">You have not said yet. What you buy and look at tells us enough; saying it is quicker.</p>
        : <ul className="chips">{chosen.map((name) => <li key={name}><span className="chip">{name}</span></li>)}</ul>
      ) : (
        <>
          <CategoryPicker chosen={draft} onChange={setDraft} />
          <p className="actions">
            <button type="button" className="button" aria-disabled={isSaving || draft.length === 0} onClick={() => draft.length > 0 && void save()}>Save</button>
            <button type="button" className="button quiet" onClick={() => setDraft(undefined)}>Never mind</button>
          </p>
        </>
      )}
    </Section>
  );
}
