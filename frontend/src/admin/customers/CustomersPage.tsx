import { useState } from "react";
import { findUser, listUsers } from "../../api/admin";
import { ApiError } from "../../api/client";
import { counted } from "../../lib/format";
import { Link, navigate } from "../../lib/router";
import { useQuery } from "../../lib/useQuery";
import { PageHeading } from "../../ui/Page";
import { EmptyState } from "../../ui/states";
import { Pager, TableFrame } from "../parts/pieces";
import { Bones, causeOf, Failed, Stale } from "../parts/states";
import { usePage } from "../parts/usePage";

const addressOf = (user: string) => `/admin/customers/${encodeURIComponent(user)}`;

/** Look a customer up by id, or choose one. */
export function CustomersPage() {
  const [page, goTo] = usePage();
  const query = useQuery(`admin:/users?page=${page}`, (signal) => listUsers(page, signal), { keepPrevious: true });
  const { data, error, retry } = query;
  return (
    <div className="room">
      <PageHeading title="Customers" />
      <LookUp />
      <Stale queries={[query]} what="This list" />
      {data === undefined ? (error === undefined ? <Bones what="the customers" /> : <Failed what="the customers" error={error} onRetry={retry} />)
        : data.items.length === 0 ? <EmptyState title="There are no customers.">Import the shop's data: <code>FunctionHandler import --help</code> says how.</EmptyState> : (
          <>
            <p className="small">{counted(data.total, "customer")}</p>
            <TableFrame name="Customers">
              <thead><tr><th scope="col">Id</th><th scope="col">Name</th><th scope="col">Segment</th></tr></thead>
              <tbody>
                {data.items.map(({ user_id, display_name, segment }) => (
                  <tr key={user_id}>
                    <th scope="row"><Link to={addressOf(user_id)}>{user_id}</Link></th>
                    <td>{display_name ?? "–"}</td>
                    <td>{segment ?? "–"}</td>
                  </tr>
                ))}
              </tbody>
            </TableFrame>
            <Pager page={page} pageSize={data.page_size} total={data.total} onPage={goTo} />
          </>
        )}
    </div>
  );
}

function LookUp() {
  const [user, setUser] = useState("");
  const [fault, setFault] = useState<string | undefined>();
  const look = async () => {
    const wanted = user.trim();
    if (wanted === "") return setFault("Enter a customer's id.");
    try {
      const found = await findUser(wanted);
      navigate(addressOf(found.user_id));
    } catch (error) {
      setFault(error instanceof ApiError && error.status === 404 ? `There is no customer with the id ${wanted}.` : causeOf(error));
    }
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
      <div className="field wide-field">
        <label htmlFor="customer-id">Customer id</label>
        <input
          id="customer-id"
          type="search"
          maxLength={64}
          value={user}
          onChange={(event) => (setUser(event.target.value), setFault(undefined))}
          aria-invalid={fault !== undefined}
          aria-describedby={fault === undefined ? undefined : "customer-fault"}
        />
        {fault === undefined ? null : <p className="field-fault" id="customer-fault" role="alert">{fault}</p>}
      </div>
      <button type="submit" className="button">Look up</button>
    </form>
  );
}
