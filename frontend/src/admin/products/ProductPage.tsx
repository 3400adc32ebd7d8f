import { getStoredProduct, patchProduct } from "../../api/adminEdits";
import { ApiError } from "../../api/client";
import type { Product } from "../../api/types";
import { count, counted, money, productName } from "../../lib/format";
import { queries } from "../../lib/query";
import { Link, useParams } from "../../lib/router";
import { PageHeading } from "../../ui/Page";
import { EmptyState } from "../../ui/states";
import { EditForm } from "../parts/EditForm";
import { Field, Tick } from "../parts/Field";
import { Panel, State } from "../parts/pieces";
import { Bones, Failed, Stale } from "../parts/states";
import { useEdit } from "../parts/useEdit";
import { usePolled } from "../parts/usePolled";
import { agoAt } from "../parts/words";
import { patchOf, productDraft, productFaults, productWords } from "./productDraft";

/** One product: whether it is offered, for how much, and how many there are. */
export function ProductPage() {
  const { id = "" } = useParams();
  const key = `admin:/products/${id}`;
  const read = (signal?: AbortSignal) => getStoredProduct(id, signal);
  const product = usePolled(key, read, () => 30_000);
  const edit = useEdit({
    key,
    query: product,
    read,
    draftOf: productDraft,
    faultsOf: productFaults,
    store: async (draft, stored, tag) => {
      const answer = await patchProduct(id, patchOf(draft, stored), tag);
      for (const prefix of ["/products", "admin:/products?", "admin:/recommendations"]) queries.invalidate(prefix);
      return answer;
    },
  });
  const { data, error, retry } = product;
  return (
    <div className="room">
      <p className="back"><Link to="/admin/products">All products</Link></p>
      <PageHeading title={data === undefined ? id : productName(data.data.name)} />
      {data === undefined || edit === undefined ? (
        error === undefined ? <Bones what="the product" rows={6} />
        : error instanceof ApiError && error.status === 404 ? <EmptyState title="There is no such product.">{`No product has the id ${id}.`}</EmptyState>
        : <Failed what="the product" error={error} onRetry={retry} />
      ) : (
        <>
          <Stale queries={[product]} what="This page" />
          <About product={data.data} />
          <Panel title="Change it" aside={`changed ${agoAt(data.data.updated_at)}`}>
            <EditForm edit={edit} name="Product" wordsOf={productWords} after={<p className="small">This is what is stored; the shop and its lists follow at once.</p>}>
              <Tick
                label="The shop offers it"
                hint="Off: it is in no list and cannot be bought; what was bought stays in the orders."
                isOn={edit.draft.active}
                onChange={(active) => edit.change({ active })}
              />
              <div className="fields">
                <Field label={`Price, ${data.data.currency}`} fault={edit.faults["/price"]}>
                  {(input) => <input {...input} type="text" inputMode="decimal" value={edit.draft.price} onChange={(event) => edit.change({ price: event.target.value }, "/price")} />}
                </Field>
                <Field label="In stock" hint="With 0 it stays in the shop, but in no list." fault={edit.faults["/stock"]}>
                  {(input) => <input {...input} type="text" inputMode="numeric" value={edit.draft.stock} onChange={(event) => edit.change({ stock: event.target.value }, "/stock")} />}
                </Field>
              </div>
            </EditForm>
          </Panel>
        </>
      )}
    </div>
  );
}

function About({ product: { product_id, category, price, currency, stock, active, rating_average, rating_count, purchase_count } }: { product: Product }) {
  const isSold = active && stock > 0;
  const words = !active ? "The shop does not offer it." : stock === 0 ? "It is sold out." : `It is offered for ${money(price, currency)}, ${counted(stock, "piece")} in stock.`;
  const rating = rating_average === null ? "never rated" : `${rating_average.toFixed(1)} stars from ${counted(rating_count, "rating")}`;
  return (
    <div>
      <p className="lead"><State tone={isSold ? "good" : "bad"}>{words}</State></p>
      <p className="small">
        {`${product_id} · ${category} · ${rating} · bought ${purchase_count === 1 ? "once" : `${count(purchase_count)} times`} · `}
        {active ? <Link to={`/products/${encodeURIComponent(product_id)}`}>see it in the shop</Link> : "not in the shop"}
      </p>
    </div>
  );
}
