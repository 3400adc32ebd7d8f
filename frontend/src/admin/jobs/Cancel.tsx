import { useState } from "react";
import { cancelJob } from "../../api/admin";
import { queries } from "../../lib/query";
import { toast } from "../../ui/toast";
import { Confirm } from "../parts/Confirm";

/** Ends a job that waits or runs, when the reader confirms it. */
export function Cancel({ jobId }: { jobId: string }) {
  const [isAsking, setAsking] = useState(false);
  const run = async () => {
    try {
      await cancelJob(jobId);
      toast(`${jobId} is cancelled.`);
    } finally {
      // It may have ended by itself meanwhile.
      queries.invalidate("admin:/batch");
    }
  };
  return (
    <>
      <button type="button" className="button quiet small-button" onClick={() => setAsking(true)}>Cancel the run</button>
      {isAsking ? (
        <Confirm title={`Cancel ${jobId}?`} verb="Cancel the run" run={run} onClose={() => setAsking(false)}>
          <p>What it has made so far is thrown away. The lists that are live stay live, and the next run by the timer starts when it is due.</p>
        </Confirm>
      ) : null}
    </>
  );
}
