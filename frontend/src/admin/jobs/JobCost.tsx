import type { BatchJob } from "../../api/types";
import { count } from "../../lib/format";
import { Link } from "../../lib/router";
import { cost, quantity } from "../parts/costWords";
import { Panel, Tile } from "../parts/pieces";
import { duration, isOver } from "../parts/words";

/** What a job has used of what is paid for. It has its place while the job runs. */
export function JobCost({ job }: { job: BatchJob }) {
  const { cost: found } = job;
  const used = found?.used;
  const say = (amount: number | undefined) => (amount === undefined || found === null ? "–" : cost(amount, found.currency));
  return (
    <Panel title="Cost" aside={<Link to="/admin/cost">All costs and the prices</Link>}>
      <dl className="tiles">
        <Tile label="Together" figure={say(found?.total)}>{isOver(job) ? "before any free grant" : "so far, before any free grant"}</Tile>
        <Tile label="Memory" figure={say(found?.memory)}>
          {used === undefined ? "not measured" : `${quantity(used.gb_seconds)} GB-seconds in ${duration(used.seconds)}${used.memory_is_assumed ? ", memory assumed" : ""}`}
        </Tile>
        <Tile label="Database" figure={say(found?.database)}>{used === undefined ? "not measured" : `connections held for ${duration(used.database_seconds)}`}</Tile>
        <Tile label="Store" figure={say(found?.blobs)}>{used === undefined ? "not measured" : `${count(used.blob_writes)} writes and lists, ${count(used.blob_reads)} reads`}</Tile>
      </dl>
    </Panel>
  );
}
