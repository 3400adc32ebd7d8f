import { useState } from "react";
import { findProducts, whyProduct } from "../../api/admin";
import { getProduct } from "../../api/endpoints";
import type { ListName } from "../../api/admin";
import { ApiError } from "../../api/client";
import type { ProductPage, RecommendationTrace } from "../../api/types";
import { count, productName } from "../../lib/format";
import { useSearchParams } from "../../lib/router";
import { useQuery } from "../../lib/useQuery";
import type { Query } from "../../lib/useQuery";
import { Dialog } from "../../ui/Dialog";
import { isLikeAnId } from "../parts/isLikeAnId";
import { Panel, State, TableFrame } from "../parts/pieces";
import { Bones, Failed } from "../parts/states";
import { agoAt, score } from "../parts/words";

const listWords: Record<ListName, string> = { discover: "Recommended", buy_again: "Buy again" };
const stepWords: Record<RecommendationTrace["steps"][number]["step"], string> = {
  candidates: "scored by the model",
  rules: "after the rules: in stock, not bought, not hidden",
  diversity: "after mixing categories",
  exploration: "after drawing some by chance",
  list: "in the list",
};

/** Why a product is or is not in the customer's list; which one is in the address. */
export function Why({ userId, list }: { userId: string; list: ListName }) {
  const [params, change] = useSearchParams();
  const chosen = params.get("why") ?? "";
  const wanted = chosen === "" ? (params.get("find") ?? "") : "";
  const [text, setText] = useState(wanted);
  // What was typed may be an id; it may be words that fit several products.
  const product = chosen !== "" ? chosen : isLikeAnId(wanted) ? wanted : null;
  const trace = useQuery(
    product === null ? null : `admin:/recommendations/${userId}/why/${product}?list=${list}`,
    (signal) => whyProduct(userId, product ?? "", list, signal),
  );
  const named = useQuery(product === null ? null : `/products/${product}`, (signal) => getProduct(product ?? "", signal));
  const matches = useQuery(wanted === "" ? null : `admin:/products?search=${wanted}`, (signal) => findProducts(wanted, signal));
  const isLoading = trace.isLoading || named.isLoading || matches.isLoading;
  const ask = (id: string) => change((next) => (next.delete("find"), next.set("why", id)), { scroll: false });
  const close = () => change((next) => (next.delete("find"), next.delete("why")), { scroll: false });
  return (
    <Panel title="Why, or why not?">
      <form
        className="bar"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== "") change((next) => (next.delete("why"), next.set("find", text.trim())), { scroll: false });
        }}
      >
        <label className="field wide-field">
          <span>Any product: its id or words of its name</span>
          <input type="search" maxLength={200} value={text} onChange={(event) => setText(event.target.value)} />
        </label>
        <label className="field">
          <span>In the list</span>
          <select
            value={list}
            onChange={(event) => change((next) => (event.target.value === "discover" ? next.delete("list") : next.set("list", event.target.value)), { scroll: false })}
          >
            {Object.entries(listWords).map(([value, words]) => <option key={value} value={value}>{words}</option>)}
          </select>
        </label>
        <button type="submit" className="button">Find</button>
      </form>
      {chosen === "" && wanted === "" ? null : (
        <Dialog title="Why, or why not?" kind="drawer" onClose={close}>
          {isLoading ? <Bones what="why" rows={6} />
            : trace.data !== undefined ? <Trace trace={trace.data} name={named.data ? productName(named.data.name) : trace.data.product_id} />
            : wanted !== "" ? <Matches query={matches} onChoose={ask} />
            : trace.error instanceof ApiError && trace.error.status === 404 ? <p role="status">{`There is no product ${chosen}.`}</p>
            : <Failed what="why" error={trace.error} onRetry={trace.retry} />}
        </Dialog>
      )}
    </Panel>
  );
}

function Matches({ query, onChoose }: { query: Query<ProductPage>; onChoose: (id: string) => void }) {
  const { data, error, retry } = query;
  if (data === undefined) return <Failed what="the products" error={error} onRetry={retry} />;
  if (data.items.length === 0) return <p role="status">No product is like that.</p>;
  return (
    <ul className="matches">
      {data.items.map(({ product_id, name }) => (
        <li key={product_id}><button type="button" className="chip" onClick={() => onChoose(product_id)}>{`${productName(name)} · ${product_id}`}</button></li>
      ))}
    </ul>
  );
}

function Trace({ trace, name }: { trace: RecommendationTrace; name: string }) {
  const { verdict, reason, remedy, steps, algorithm, model_version, generation, served, served_since } = trace;
  return (
    <div className="trace">
      <p role="status">
        <State tone={verdict === "listed" ? "good" : "bad"}>{`${name} is ${verdict === "listed" ? "" : "not "}in ${listWords[trace.list]}.`}</State>
      </p>
      <p>{`${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`}{remedy === null ? null : ` For it to be there: ${remedy}.`}</p>
      <TableFrame name={`Steps of ${name}`}>
        <thead><tr><th scope="col">Step</th><th scope="col" className="n">Place</th><th scope="col" className="n">Of</th><th scope="col" className="n">Score</th></tr></thead>
        <tbody>
          {steps.map(({ step, rank, products, score: value }) => (
            <tr key={step} data-gone={rank === null}>
              <th scope="row">{stepWords[step]}</th>
              <td className="n">{rank === null ? "not there" : count(rank)}</td>
              <td className="n">{count(products)}</td>
              <td className="n">{value === null ? "–" : score(value)}</td>
            </tr>
          ))}
        </tbody>
      </TableFrame>
      <p className="small">
        {`By ${algorithm}, model ${model_version}, generation ${count(generation)}. `}
        {served === null ? "No stored list is served to this customer now."
          : served ? `This is the list that is served${served_since ? `, made ${agoAt(served_since)}` : ""}.`
          : `The list that is served is another one${served_since ? `, made ${agoAt(served_since)}` : ""}; this is what it would be now.`}
      </p>
    </div>
  );
}
