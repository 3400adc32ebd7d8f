import { getData } from "../../api/costs";
import type { DataOverview, DataSummary } from "../../api/types";
import { count, day, percent } from "../../lib/format";
import { PageHeading } from "../../ui/Page";
import { EmptyState } from "../../ui/states";
import { Panel, TableFrame, Tile } from "../parts/pieces";
import { StartButton } from "../parts/StartRun";
import { Bones, Failed, Stale } from "../parts/states";
import { usePolled } from "../parts/usePolled";
import { agoAt } from "../parts/words";
import { dataSentence, kindWords, share } from "./dataFigures";
import { Engagement } from "./Engagement";
import { Stored } from "./Stored";
import { Warnings } from "./Warnings";

/** What the recommendations are made from: how much there is, when it came, what is wrong with it. */
export function DataPage() {
  const query = usePolled("admin:/data/summary", getData, () => 60_000);
  const { data, error, retry } = query;
  return (
    <div className="room">
      <PageHeading title="Data" />
      {query.isLoading ? <Bones what="the data" rows={8} />
        : data === undefined ? <Failed what="the data" error={error} onRetry={retry} />
        : data.summary === null ? <Nothing data={data} /> : (
          <>
            <Stale queries={[query]} what="This page" />
            <p className="say">
              {dataSentence(data.summary)}
              <span className="small say-small">{`Counted ${agoAt(data.summary.created_at)}, while the last run's data set was written. The next run counts again.`}</span>
            </p>
            <Warnings warnings={data.summary.warnings} />
            <Figures summary={data.summary} />
            <Engagement weeks={data.summary.weeks} />
            <div className="columns">
              <Kinds summary={data.summary} />
              <Categories summary={data.summary} />
            </div>
            <Stored data={data} />
          </>
        )}
    </div>
  );
}

function Nothing({ data: { keeps_data_sets, data_sets } }: { data: DataOverview }) {
  if (!keeps_data_sets) {
    return <EmptyState title="Nothing is counted.">DATASET_SNAPSHOTS is 0, so runs store no data set, and what this page shows is counted while one is written. Set it to 1 or more.</EmptyState>;
  }
  return (
    <EmptyState title={data_sets.length === 0 ? "No data set is stored yet." : "The newest data set cannot be read."} action={<StartButton>Start a run</StartButton>}>
      A run stores the shop's data beside its lists, and counts them meanwhile. It needs events: import some, or visit the shop.
    </EmptyState>
  );
}

function Figures({ summary }: { summary: DataSummary }) {
  const { events_per_user, events_per_product, first_event, last_event } = summary;
  return (
    <Panel title="Figures">
      <dl className="tiles">
        <Tile label="Events" figure={count(summary.interactions)}>
          {first_event === null || last_event === null ? "none yet" : `${day(first_event)} to ${day(last_event)}`}
        </Tile>
        <Tile label="Customers" figure={count(summary.active_users)}>{`with an event, of ${count(summary.users)}`}</Tile>
        <Tile label="Products" figure={count(summary.active_products)}>{`with an event, of ${count(summary.products)}`}</Tile>
        <Tile label="Pairs that have met" figure={share(1 - summary.sparsity)}>of a customer and a product</Tile>
        <Tile label="Half the customers" figure={`≤ ${count(events_per_user.p50)}`}>{`events; one in a hundred ${count(events_per_user.p99)} or more, at most ${count(events_per_user.maximum)}`}</Tile>
        <Tile label="Half the products" figure={`≤ ${count(events_per_product.p50)}`}>{`events; one in a hundred ${count(events_per_product.p99)} or more, at most ${count(events_per_product.maximum)}`}</Tile>
      </dl>
    </Panel>
  );
}

function Kinds({ summary: { by_type, interactions } }: { summary: DataSummary }) {
  const kinds = Object.entries(by_type).sort((left, right) => right[1] - left[1]);
  return (
    <Panel title="Kinds of events">
      <TableFrame name="Kinds of events">
        <thead><tr><th scope="col">A product was</th><th scope="col" className="n">Events</th><th scope="col" className="n">Share</th></tr></thead>
        <tbody>
          {kinds.map(([kind, events]) => (
            <tr key={kind}><th scope="row">{kindWords[kind] ?? kind}</th><td className="n">{count(events)}</td><td className="n">{percent(events / Math.max(1, interactions))}</td></tr>
          ))}
        </tbody>
      </TableFrame>
    </Panel>
  );
}

function Categories({ summary: { categories, category_count, category_balance, products, interactions } }: { summary: DataSummary }) {
  const even = category_count < 2 ? "there is only one" : category_balance > 0.9 ? "evenly filled" : category_balance > 0.6 ? "unevenly filled" : "most products are in a few";
  return (
    <Panel title="Categories" aside={`balance ${category_balance.toFixed(2)} of 1: ${even}`}>
      <TableFrame name="Categories">
        <thead>
          <tr><th scope="col">Category</th><th scope="col" className="n">Products</th><th scope="col" className="n">Share</th><th scope="col" className="n">Share of events</th></tr>
        </thead>
        <tbody>
          {categories.map((category) => (
            <tr key={category.name}>
              <th scope="row">{category.name}</th>
              <td className="n">{count(category.products)}</td>
              <td className="n">{percent(category.products / Math.max(1, products))}</td>
              <td className="n">{percent(category.interactions / Math.max(1, interactions))}</td>
            </tr>
          ))}
        </tbody>
      </TableFrame>
      {categories.length < category_count ? <p className="small">{`The ${count(categories.length)} largest of ${count(category_count)}.`}</p> : null}
    </Panel>
  );
}
