import { getCosts, getPrices, putPrices } from "../../api/costs";
import type { Costs } from "../../api/types";
import { count, money } from "../../lib/format";
import { PageHeading } from "../../ui/Page";
import { cost, quantity } from "../parts/costWords";
import { Panel, TableFrame, Tile } from "../parts/pieces";
import { Bones, Failed, Stale } from "../parts/states";
import { useEdit } from "../parts/useEdit";
import { usePolled } from "../parts/usePolled";
import { agoAt, moment } from "../parts/words";
import { costSentence, partWords } from "./costFigures";
import { priceDraft, priceFaults, pricesOf } from "./priceDraft";
import { PriceTable } from "./PriceTable";
import { Runs } from "./Runs";

const pricesKey = "admin:/config/prices";

/** What the recommendations cost: a month, a run, a thousand lists; and the prices that this is counted by. */
export function CostPage() {
  // It sums a month of minutes.
  const costs = usePolled("admin:/metrics/costs", getCosts, () => 60_000);
  const prices = usePolled(pricesKey, getPrices, () => 60_000);
  const edit = useEdit({
    key: pricesKey,
    query: prices,
    read: getPrices,
    draftOf: priceDraft,
    faultsOf: priceFaults,
    store: async (draft, _, tag) => {
      const stored = await putPrices(pricesOf(draft), tag);
      costs.retry();
      return stored;
    },
  });
  const { data, error, retry } = costs;
  return (
    <div className="room">
      <PageHeading title="Cost" />
      {costs.isLoading || prices.isLoading ? <Bones what="the costs" rows={8} />
        : data === undefined ? <Failed what="the costs" error={error} onRetry={retry} /> : (
          <>
            <Stale queries={[costs, prices]} what="This page" />
            <p className="say">
              {costSentence(data)}
              <span className="small say-small">{`An estimate from what was measured and the prices below, as of ${moment(data.now)}; the cloud's own bill decides.`}</span>
            </p>
            <Figures costs={data} />
            <Runs runs={data.runs} currency={data.currency} />
            <Parts costs={data} />
            {prices.data === undefined || edit === undefined
              ? (prices.error === undefined ? <Bones what="the prices" /> : <Failed what="the prices" error={prices.error} onRetry={prices.retry} />)
              : <PriceTable prices={prices.data.data} edit={edit} />}
          </>
        )}
    </div>
  );
}

function Figures({ costs }: { costs: Costs }) {
  const { used, currency, per_thousand_lists, instance_gb, instance_is_assumed, rate_hours } = costs;
  return (
    <Panel title="This month" aside={`counted since ${agoAt(costs.counted_from)}`}>
      <dl className="tiles">
        <Tile label="So far" figure={cost(costs.so_far, currency)}>after free grants</Tile>
        <Tile label="At the rate of now" figure={money(costs.at_rate, currency)}>
          {rate_hours < 1 ? "a month, from less than an hour" : `a month, from the last ${quantity(rate_hours)} hours`}
        </Tile>
        <Tile label="A thousand lists" figure={per_thousand_lists === null ? "–" : cost(per_thousand_lists, currency)}>
          {per_thousand_lists === null ? "no list was served lately" : "that customers were served, at that rate"}
        </Tile>
        <Tile label="Executions" figure={count(used.executions)}>{`${count(used.lists_served)} lists served`}</Tile>
        <Tile label="Memory of jobs" figure={quantity(used.job_gb_seconds)}>GB-seconds, measured</Tile>
        <Tile label="Memory of serving" figure={quantity(used.serving_gb_seconds)}>GB-seconds at most: a second a request</Tile>
        <Tile label="An instance" figure={`${quantity(instance_gb)} GB`}>{instance_is_assumed ? "assumed: INSTANCE_MEMORY_MB is not set" : "by INSTANCE_MEMORY_MB"}</Tile>
        <Tile label="Store" figure={count(used.blob_reads + used.blob_writes)}>{`operations of jobs, ${count(used.blob_writes)} of them writes and lists`}</Tile>
      </dl>
    </Panel>
  );
}

/** Each line of the bill. */
function Parts({ costs: { parts, currency, so_far, at_rate } }: { costs: Costs }) {
  return (
    <Panel title="What a month is made of" aside="free grants taken off">
      <TableFrame name="Parts of a month">
        <thead>
          <tr>
            <th scope="col">Part</th><th scope="col">Known by</th><th scope="col" className="n">Quantity so far</th><th scope="col" className="n">So far</th>
            <th scope="col" className="n">Quantity a month</th><th scope="col" className="n">A month</th>
          </tr>
        </thead>
        <tbody>
          {parts.map((part) => (
            <tr key={part.key}>
              <th scope="row">{partWords[part.key]}<span className="small line">{part.unit}</span></th>
              <td>{part.measured ? "measuring" : "assumption"}</td>
              <td className="n">{quantity(part.quantity_so_far)}</td>
              <td className="n">{cost(part.so_far, currency)}</td>
              <td className="n">{quantity(part.quantity_at_rate)}</td>
              <td className="n">{cost(part.at_rate, currency)}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">Together</th><td /><td />
            <td className="n">{cost(so_far, currency)}</td><td />
            <td className="n">{money(at_rate, currency)}</td>
          </tr>
        </tbody>
      </TableFrame>
    </Panel>
  );
}
