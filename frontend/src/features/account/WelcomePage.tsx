import { useState } from "react";
import { useSession } from "../../api/session";
import { Link, navigate } from "../../lib/router";
import { PageHeading } from "../../ui/Page";
import { EmptyState, reasonOf } from "../../ui/states";
import { toast } from "../../ui/toast";
import { saveCategories } from "./categories";
import { CategoryPicker } from "./CategoryPicker";

const wanted = 3;

/** For newcomers: three categories make the first list. Skipping costs nothing. */
export function WelcomePage() {
  const { userId, displayName } = useSession();
  const [chosen, setChosen] = useState<string[]>([]);
  const [isSaving, setSaving] = useState(false);
  if (userId === undefined) {
    return (
      <div className="wrap lonely">
        <PageHeading title="Welcome" />
        <EmptyState title="Who are you?" action={<Link className="button" to="/sign-in?to=/welcome">Sign in</Link>}>
          Sign in first, then tell us what you like.
        </EmptyState>
      </div>
    );
  }
  const rest = wanted - chosen.length;
  const save = async () => {
    if (chosen.length === 0 || isSaving) return;
    setSaving(true);
    try {
      await saveCategories(userId, chosen);
      navigate("/");
      toast("Thank you. Your first picks are on this page.");
    } catch (error) {
      setSaving(false);
      toast(`${reasonOf(error)} Your choice is still here.`);
    }
  };
  const first = displayName?.split(" ")[0];
  return (
    <div className="wrap welcome">
      <PageHeading title="Welcome">{first ? `Welcome, ${first}.` : "Welcome."}</PageHeading>
      <p className="lead">Pick three things you like to look at. We will choose your first products from them, and learn as you go.</p>
      <CategoryPicker chosen={chosen} onChange={setChosen} />
      <p className="actions">
        <button type="button" className="button" aria-disabled={chosen.length === 0 || isSaving} onClick={() => void save()}>
          {isSaving ? "Choosing …" : "Show me my picks"}
        </button>
        <Link className="button quiet" to="/">Skip this</Link>
        <span className="small" role="status">{rest > 0 ? (chosen.length === 0 ? "Pick three" : `${rest} to go, or go on now`) : "That will do nicely"}</span>
      </p>
    </div>
  );
}
