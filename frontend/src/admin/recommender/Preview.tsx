import { useState } from "react";
import type { RecommenderDocument } from "../../api/adminEdits";
import { ApiError } from "../../api/client";
import type { PreviewedCustomer, PreviewItem, PreviewMove, RecommenderPreview } from "../../api/types";
import { previewRecommender } from "../../api/whatIf";
import { productName } from "../../lib/format";
import { Field } from "../parts/Field";
import { Panel, TableFrame } from "../parts/pieces";
import { causeOf } from "../parts/states";
import { arrivalWords, customerName, figureRows, idsOf, previewSentence } from "./previewWords";

/** What the settings in the form would do to some customers' lists, before they are saved. */
export function Preview({ settings, isChanged }: {
  /** Undefined while the form has faults. */
  settings: RecommenderDocument | undefined;
  isChanged: boolean;
}) {
  const [users, setUsers] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const [found, setFound] = useState<{ preview: RecommenderPreview; of: string } | undefined>();
  const run = async () => {
    if (isBusy || settings === undefined) return;
    setBusy(true);
    setFailure(undefined);
    try {
      setFound({ preview: await previewRecommender(settings, idsOf(users)), of: JSON.stringify(settings) });
    } catch (error) {
      setFailure(error);
    }
    setBusy(false);
  };
  const fault = failure instanceof ApiError && failure.faults.some(({ pointer }) => pointer?.startsWith("#/users")) ? causeOf(failure) : undefined;
  const isOld = found !== undefined && settings !== undefined && found.of !== JSON.stringify(settings);
  return (
    <Panel title="Preview" aside="nothing is saved or served">
      <form
        className="edit"
        aria-label="Preview"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <div className="fields">
          <Field label="Customers" hint="Their ids; empty for a sample with long, short and no history." fault={fault}>
            {(input) => <input {...input} type="text" spellCheck={false} value={users} onChange={(event) => setUsers(event.target.value)} />}
          </Field>
        </div>
        <div className="edit-foot">
          <button type="submit" className="button" aria-disabled={isBusy || settings === undefined}>{isBusy ? "Making lists …" : "Preview these settings"}</button>
          <p className="edit-outcome small" role="status">
            {settings === undefined ? "The form above has faults."
              : isOld ? "The form has changed since this preview."
              : isChanged ? "The lists with what the form says now, beside those of today."
              : "The form says what is stored: change something above to see what it does."}
          </p>
        </div>
      </form>
      {failure === undefined || fault !== undefined ? null : <p className="fault" role="alert">{causeOf(failure)}</p>}
      {found === undefined ? null : <Result preview={found.preview} />}
    </Panel>
  );
}

function Result({ preview }: { preview: RecommenderPreview }) {
  const [chosen, setChosen] = useState<string | undefined>();
  const shown = preview.customers.find(({ user_id }) => user_id === chosen) ?? preview.customers.find(({ moves }) => moves.length > 0) ?? preview.customers[0];
  return (
    <div className="preview-result">
      <p className="say">{previewSentence(preview)}</p>
      {preview.notes.map((note) => <p key={note} className="small">{note}</p>)}
      <TableFrame name="Figures of the sample">
        <thead><tr><th scope="col">Of these customers</th><th scope="col" className="n">Now</th><th scope="col" className="n">With these settings</th></tr></thead>
        <tbody>
          {figureRows(preview).map(([label, before, after]) => (
            <tr key={label}><th scope="row">{label}</th><td className="n">{before}</td><td className="n">{after}</td></tr>
          ))}
        </tbody>
      </TableFrame>
      <div className="matches" role="group" aria-label="Whose list">
        {preview.customers.map((customer) => (
          <button key={customer.user_id} type="button" className="chip" aria-pressed={customer === shown} onClick={() => setChosen(customer.user_id)}>
            {customerName(customer)}
          </button>
        ))}
      </div>
      {shown === undefined ? null : <SideBySide customer={shown} />}
    </div>
  );
}

function SideBySide({ customer }: { customer: PreviewedCustomer }) {
  const { before, after, moves } = customer;
  const moved = new Map(moves.map((move) => [move.product_id, move]));
  const places = Array.from({ length: Math.max(before.length, after.length) });
  return (
    <>
      {places.length === 0 ? <p>This customer has no list: nothing that may be listed is left for them.</p> : (
        <TableFrame name={`Lists of ${customer.user_id}`}>
          <thead><tr><th scope="col" className="n">#</th><th scope="col">Now</th><th scope="col">With these settings</th></tr></thead>
          <tbody>
            {places.map((_, place) => (
              <tr key={place}>
                <th scope="row" className="n">{place + 1}</th>
                <Cell item={before[place]} move={gone(before[place], moved)} />
                <Cell item={after[place]} move={after[place] && moved.get(after[place]?.product_id ?? "")} />
              </tr>
            ))}
          </tbody>
        </TableFrame>
      )}
    </>
  );
}

/** Beside today's list only what leaves it is said: the rest is beside the new one. */
function gone(item: PreviewItem | undefined, moved: Map<string, PreviewMove>): PreviewMove | undefined {
  const move = item && moved.get(item.product_id);
  return move?.after === null ? move : undefined;
}

function Cell({ item, move }: { item: PreviewItem | undefined; move: PreviewMove | undefined }) {
  if (item === undefined) return <td>–</td>;
  return (
    <td className="preview-cell" data-moved={move === undefined ? undefined : move.after === null ? "gone" : move.before === null ? "new" : "moved"}>
      {productName(item.name)}
      <span className="small line">{move === undefined ? item.category : arrivalWords(move)}</span>
    </td>
  );
}
