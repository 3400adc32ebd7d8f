import { useState } from "react";
import { remakeAllLists } from "../../api/admin";
import { counted } from "../../lib/format";
import { queries } from "../../lib/query";
import { toast } from "../../ui/toast";
import { Confirm } from "../parts/Confirm";
import { Panel } from "../parts/pieces";
import { StartButton } from "../parts/StartRun";

/** Has everybody's lists made anew, some at each run of the refresh; or all at once, by a full run. */
export function RemakeAll() {
  const [isAsking, setAsking] = useState(false);
  const run = async () => {
    const { users } = await remakeAllLists();
    queries.invalidate("admin:/cache");
    toast(`The lists of ${counted(users, "customer")} are made anew, some every minute.`);
  };
  return (
    <Panel title="Everybody's lists">
      <p>The refresh of active customers makes them anew, some every minute; what is stored is served until then. A full run makes them all, with a new model.</p>
      <p className="note-action">
        <button type="button" className="button quiet" onClick={() => setAsking(true)}>Make all anew</button>{" "}
        <StartButton>Start a full run</StartButton>
      </p>
      {isAsking ? (
        <Confirm title="Make everybody's lists anew?" verb="Make them anew" run={run} onClose={() => setAsking(false)}>
          <p>All lists count as stale until they are made. Customers are served what is stored, and no visit waits.</p>
        </Confirm>
      ) : null}
    </Panel>
  );
}
