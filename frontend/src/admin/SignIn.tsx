import { useEffect, useRef, useState } from "react";
import { checkAdminKey } from "../api/adminRequest";
import { setAdminKey, useAdminKey } from "../api/adminKey";
import { PageHeading } from "../ui/Page";
import { causeOf } from "./parts/states";

/** Asks for the key and tries it before it is kept. */
export function SignIn() {
  const refusal = useAdminKey((state) => state.refusal);
  const [isTrying, setTrying] = useState(false);
  const [fault, setFault] = useState<string | undefined>(refusal);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => setFault(refusal), [refusal]);
  const enter = async () => {
    const key = field.current?.value.trim() ?? "";
    if (isTrying) return;
    if (key === "") {
      setFault("Enter the key.");
      field.current?.focus();
      return;
    }
    setTrying(true);
    try {
      await checkAdminKey(key);
      setAdminKey(key);
    } catch (error) {
      setTrying(false);
      setFault(causeOf(error));
      field.current?.focus();
    }
  };
  return (
    <div className="wrap key-page">
      <PageHeading title="Dashboard" />
      <p className="lead">Run the recommendations, see why they are what they are, go back to earlier ones.</p>
      <form
        className="panel key-form"
        onSubmit={(event) => {
          event.preventDefault();
          void enter();
        }}
      >
        <div className="field">
          <label htmlFor="admin-key">Admin key</label>
          <input
            id="admin-key"
            ref={field}
            type="password"
            autoComplete="current-password"
            spellCheck={false}
            aria-invalid={fault !== undefined}
            aria-describedby={fault === undefined ? "key-help" : "key-fault key-help"}
          />
          {fault === undefined ? null : <p className="field-fault" id="key-fault" role="alert">{fault}</p>}
        </div>
        <button type="submit" className="button" aria-disabled={isTrying}>{isTrying ? "Trying it …" : "Open the dashboard"}</button>
        <p className="small" id="key-help">
          It is the setting <code>ADMIN_API_KEY</code> of the function app; <code>make run</code> prints it. It is kept until you close this tab.
        </p>
      </form>
    </div>
  );
}
