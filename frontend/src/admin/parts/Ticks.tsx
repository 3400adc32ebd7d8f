import type { BatchStatus } from "../../api/types";
import { ago } from "../../lib/format";
import { reasonWords } from "./words";

/** When each timer fired last, and what that led to. */
export function Ticks({ ticks }: { ticks: BatchStatus["ticks"] }) {
  return (
    <>
      <Tick words="The timer of full runs" tick={ticks.GenerateRecommendations} />
      <Tick words="The timer of active customers" tick={ticks.RefreshActiveUsers} />
    </>
  );
}

function Tick({ words, tick }: { words: string; tick: BatchStatus["ticks"]["GenerateRecommendations"] }) {
  if (tick === null) return <p className="small">{`${words} has not fired yet.`}</p>;
  return <p className="small">{`${words} fired ${ago(tick.ticked_at)}: ${reasonWords(tick.outcome ?? "still at it")}`}</p>;
}
