import { findUser, hiddenOf, listsOf } from "../../api/admin";
import type { ListName } from "../../api/admin";
import { ApiError } from "../../api/client";
import type { HiddenProductList, Recommendations, User } from "../../api/types";
import { day, productName } from "../../lib/format";
import { Link, useParams, useSearchParams } from "../../lib/router";
import { useQuery } from "../../lib/useQuery";
import type { Query } from "../../lib/useQuery";
import { PageHeading } from "../../ui/Page";
import { EmptyState } from "../../ui/states";
import { Panel, State, TableFrame } from "../parts/pieces";
import { Bones, Failed, Stale } from "../parts/states";
import { agoAt, score } from "../parts/words";
import { Why } from "./Why";

/** One customer: what they get, why, and why not something else. */
export function CustomerPage() {
  const { id = "" } = useParams();
  const user = useQuery(`admin:/users/${id}`, (signal) => findUser(id, signal));
  const [params] = useSearchParams();
  const discover = useList(id, "discover");
  const buyAgain = useList(id, "buy_again");
  const hidden = useQuery(`admin:/users/${id}/hidden`, (signal) => hiddenOf(id, signal));
  const list: ListName = params.get("list") === "buy_again" ? "buy_again" : "discover";
  return (
    <div className="room">
      <p className="back"><Link to="/admin/customers">All customers</Link></p>
      <PageHeading title={user.data?.display_name ?? id} />
      {[user, discover, buyAgain, hidden].some(({ isLoading }) => isLoading) ? <Bones what="the customer" rows={8} />
        : user.data === undefined ? (
        user.error instanceof ApiError && user.error.status === 404 ? <EmptyState title="There is no such customer.">{`No customer has the id ${id}.`}</EmptyState>
        : <Failed what="the customer" error={user.error} onRetry={user.retry} />
      ) : (
        <>
          <Stale queries={[user, discover, buyAgain, hidden]} what="This page" />
          <About user={user.data} />
          <Why userId={id} list={list} />
          <List query={discover} list="discover" title="Recommended" />
          <List query={buyAgain} list="buy_again" title="Buy again" />
          <Hidden query={hidden} />
        </>
      )}
    </div>
  );
}

function About({ user }: { user: User }) {
  const categories = user.preferences["categories"];
  const liked = Array.isArray(categories) ? categories : typeof categories === "object" && categories !== null ? Object.keys(categories) : [];
  const facts = [
    ...(user.segment === null ? [] : [`segment ${user.segment}`]),
    ...(liked.length === 0 ? ["said nothing about what they like"] : [`likes ${liked.join(", ")}`]),
    ...(user.created_at === null ? [] : [`known since ${day(user.created_at)}`]),
  ];
  return <p className="lead">{`Customer ${user.user_id}: ${facts.join("; ")}.`}</p>;
}

const sources: Record<Recommendations["source"], string> = {
  cache: "made ahead",
  computed: "computed on demand",
  popular: "popular products, for want of a history",
  session: "lifted by this visit",
};

const useList = (user: string, list: ListName) =>
  useQuery(`admin:/recommendations/${user}?list=${list}`, (signal) => listsOf(user, list, signal));

function List({ query, list, title }: { query: Query<Recommendations>; list: ListName; title: string }) {
  const [, change] = useSearchParams();
  const { data, error, retry } = query;
  const ask = (product: string) =>
    change((next) => {
      next.set("why", product);
      if (list === "discover") next.delete("list");
      else next.set("list", list);
    }, { scroll: false });
  return (
    <Panel title={title} aside={data ? <Origin answer={data} /> : undefined}>
      {data === undefined ? <Failed what="the list" error={error} onRetry={retry} />
        : data.items.length === 0 ? <p>{list === "buy_again" ? "Nothing that they bought is due again." : "The list is empty: nothing is left that they may be shown."}</p> : (
          <TableFrame name={title}>
            <thead><tr><th scope="col" className="n">No.</th><th scope="col">Product</th><th scope="col">Reason</th><th scope="col" className="n">Score</th><th scope="col">Why</th></tr></thead>
            <tbody>
              {data.items.map((item, index) => (
                <tr key={item.product_id}>
                  <td className="n">{index + 1}</td>
                  <th scope="row">
                    {productName(item.name)}
                    <span className="small line">{`${item.product_id} · ${item.category}`}</span>
                  </th>
                  <td className="reason-cell">{item.reason}{item.explored ? <span className="small line">drawn by chance, to learn</span> : null}</td>
                  <td className="n">{score(item.score)}</td>
                  <td>
                    <button type="button" className="button quiet small-button" onClick={() => ask(item.product_id)}>
                      Why<span className="hidden-text">{` ${item.name}`}</span>
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </TableFrame>
        )}
    </Panel>
  );
}

function Origin({ answer }: { answer: Recommendations }) {
  const made = answer.generated_at === null ? "" : `, ${agoAt(answer.generated_at)}`;
  return <>{answer.stale ? <State tone="busy">older than their last event</State> : null}{` ${sources[answer.source]}${made}`}</>;
}

function Hidden({ query }: { query: Query<HiddenProductList | null> }) {
  const { data, error, retry } = query;
  return (
    <Panel title="Hidden">
      {data === undefined ? <Failed what="what they hid" error={error} onRetry={retry} />
        : data === null ? <p>This version of the API does not list what customers hid; the lists above leave it out all the same.</p>
        : data.items.length === 0 ? <p>They have hidden nothing.</p> : (
          <ul className="lines-list">
            {data.items.map(({ product_id, name, hidden_at }) => (
              <li key={product_id}>{productName(name)}<span className="small line">{`${product_id} · ${agoAt(hidden_at)}`}</span></li>
            ))}
          </ul>
        )}
    </Panel>
  );
}
