import { useState } from "react";
import { findProducts } from "../../api/admin";
import { getStoredProduct } from "../../api/adminEdits";
import { ApiError } from "../../api/client";
import type { Product } from "../../api/types";
import { count, counted, money, productName } from "../../lib/format";
import { Link, navigate, useSearchParams } from "../../lib/router";
import { useQuery } from "../../lib/useQuery";
import { PageHeading } from "../../ui/Page";
import { EmptyState } from "../../ui/states";
import { Field } from "../parts/Field";
import { isLikeAnId } from "../parts/isLikeAnId";
import { Pager, TableFrame } from "../parts/pieces";
import { Bones, Failed, Stale } from "../parts/states";
import { usePage } from "../parts/usePage";

const addressOf = (product: string) => `/admin/products/${encodeURIComponent(product)}`;

/** Look a product up by its id or by words, or choose one. */
export function ProductsPage() {
  const [page, goTo] = usePage();
  const [params] = useSearchParams();
  const search = params.get("search") ?? "";
  const query = useQuery(`admin:/products?search=${search}&page=${page}`, (signal) => findProducts(search, signal, page, 20), { keepPrevious: true });
  const { data, error, retry } = query;
  return (
    <div className="room">
      <PageHeading title="Products" />
      <LookUp key={search} search={search} />
      <Stale queries={[query]} what="This list" />
      {data === undefined ? (error === undefined ? <Bones what="the products" /> : <Failed what="the products" error={error} onRetry={retry} />)
        : data.items.length === 0 ? (
          search === "" ? <EmptyState title="The shop offers nothing.">Import the shop's data: <code>FunctionHandler import --help</code> says how.</EmptyState>
          : <EmptyState title="No product is like that.">Try fewer words, or the id: that finds products too that the shop does not offer.</EmptyState>
        ) : (
          <>
            <p className="small">{`${counted(data.total, "product")}${data.corrected_search ? ` like ${data.corrected_search}` : ""} that the shop offers. One that it does not is found by its id.`}</p>
            <TableFrame name="Products">
              <thead>
                <tr><th scope="col">Product</th><th scope="col">Category</th><th scope="col" className="n">Price</th><th scope="col" className="n">In stock</th><th scope="col" className="n">Bought</th></tr>
              </thead>
              <tbody>{data.items.map((product) => <Row key={product.product_id} product={product} />)}</tbody>
            </TableFrame>
            <Pager page={page} pageSize={data.page_size} total={data.total} onPage={goTo} />
          </>
        )}
    </div>
  );
}

function Row({ product: { product_id, name, category, price, currency, stock, purchase_count } }: { product: Product }) {
  return (
    <tr>
      <th scope="row" className="wide-cell">
        <Link to={addressOf(product_id)}>{productName(name)}</Link>
        <span className="small line">{product_id}</span>
      </th>
      <td>{category}</td>
      <td className="n">{money(price, currency)}</td>
      <td className="n">{stock === 0 ? "none" : count(stock)}</td>
      <td className="n">{count(purchase_count)}</td>
    </tr>
  );
}

function LookUp({ search }: { search: string }) {
  const [, change] = useSearchParams();
  const [text, setText] = useState(search);
  const look = async () => {
    const wanted = text.trim();
    if (isLikeAnId(wanted)) {
      try {
        const { data } = await getStoredProduct(wanted);
        return navigate(addressOf(data.product_id));
      } catch (error) {
        // Then it is words; whatever else is wrong, the list says.
        if (!(error instanceof ApiError)) throw error;
      }
    }
    change((next) => {
      next.delete("page");
      if (wanted === "") next.delete("search");
      else next.set("search", wanted);
    }, { scroll: false });
  };
  return (
    <form
      className="bar"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        void look();
      }}
    >
      <div className="wide-field">
        <Field label="Its id, or words of its name">
          {(input) => <input {...input} type="search" maxLength={200} value={text} onChange={(event) => setText(event.target.value)} />}
        </Field>
      </div>
      <button type="submit" className="button">Look up</button>
    </form>
  );
}
