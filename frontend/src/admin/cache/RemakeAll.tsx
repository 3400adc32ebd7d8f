import { useState } from "react";
import { remakeAllLists } from "../../api/admin";
import { queries } from "../../lib/query";
import { navigate } from "../../lib/router";
import { Confirm } from "../parts/Confirm";
import { Panel } from "../parts/pieces";

/** Has everybody's lists made anew, by a run that it leads to. */
export function RemakeAll() {
  const [isAsking, setAsking] = useState(false);
  const run = async () => {
    const job = await remakeAllLists();
    queries.invalidate("admin:/batch");
    navigate(`/admin/jobs/${job.job_id}`);
  };
  return (
    <Panel title="Everybody's lists">
      <p>A full run makes them anew. What is stored is served until it is done.</p>
      <p className="note-action"><button type="button" className="button quiet" onClick={() => setAsking(true)}>Make all anew</button></p>
      {isAsking ? (
        <Confirm title="Make everybody's lists anew?" verb="Make them anew" run={run} onClose={() => setAsking(false)}>
          <p>It starts a full run now, whatever the schedule says. Customers notice nothing until its lists go live.</p>
        </Confirm>
      ) : null}
    </Panel>
  );
}
