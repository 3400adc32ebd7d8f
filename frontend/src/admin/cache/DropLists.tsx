import { useState } from "react";
import { dropLists, findUser } from "../../api/admin";
import { ApiError } from "../../api/client";
import { counted } from "../../lib/format";
import { queries } from "../../lib/query";
import { toast } from "../../ui/toast";
import { Confirm } from "../parts/Confirm";
import { Field } from "../parts/Field";
import { Panel } from "../parts/pieces";
import { causeOf } from "../parts/states";

/** Has the lists of one customer made anew. */
export function DropLists() {
  const [text, setText] = useState("");
  const [fault, setFault] = useState<string | undefined>();
  const [user, setUser] = useState<{ id: string; name: string } | undefined>();
  const look = async () => {
    const wanted = text.trim();
    if (wanted === "") return setFault("Enter a customer's id.");
    try {
      const { user_id, display_name } = await findUser(wanted);
      setUser({ id: user_id, name: display_name ?? user_id });
    } catch (error) {
      setFault(error instanceof ApiError && error.status === 404 ? `There is no customer with the id ${wanted}.` : causeOf(error));
    }
  };
  const drop = async ({ id }: { id: string }) => {
    const { deleted } = await dropLists(id);
    for (const prefix of ["admin:/cache", "admin:/recommendations"]) queries.invalidate(prefix);
    setText("");
    toast(deleted === 0 ? `${id} had no stored lists.` : `${counted(deleted, "list")} of ${id} ${deleted === 1 ? "is" : "are"} dropped.`);
  };
  return (
    <Panel title="One customer's lists">
      <form
        className="bar"
        onSubmit={(event) => {
          event.preventDefault();
          void look();
        }}
      >
        <Field label="Customer id" fault={fault}>
          {(input) => <input {...input} type="text" spellCheck={false} maxLength={64} value={text} onChange={(event) => (setText(event.target.value), setFault(undefined))} />}
        </Field>
        <button type="submit" className="button quiet">Drop their lists</button>
      </form>
      <p className="small">The next request for them makes new ones.</p>
      {user === undefined ? null : (
        <Confirm title={`Drop the lists of ${user.name}?`} verb="Drop them" run={() => drop(user)} onClose={() => setUser(undefined)}>
          <p>{`What is stored for customer ${user.id} is served no more. Their next visit computes new lists, which takes a moment longer once.`}</p>
        </Confirm>
      )}
    </Panel>
  );
}
