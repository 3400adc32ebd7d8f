import { productName } from "../../lib/format";
import { DownIcon, UpIcon } from "../../ui/icons";
import { judge, useOpinionsOf } from "./opinions";
import type { Slot } from "./lists";

/** Thumbs up and down for one recommendation. */
export function Feedback({ slot, userId, isSmall = false, onHidden }: {
  slot: Slot;
  userId: string;
  isSmall?: boolean;
  onHidden?: () => void;
}) {
  const { item, requestId, position } = slot;
  const opinion = useOpinionsOf(userId)[item.product_id]?.opinion;
  const about = { userId, product: item, requestId, position };
  const name = productName(item.name);
  const hide = () => {
    onHidden?.();
    void judge(about, "hidden");
  };
  return (
    <div className="feedback" role="group" aria-label={`Your opinion on ${name}`}>
      <button
        type="button"
        className={isSmall ? "thumb" : "button quiet"}
        aria-pressed={opinion === "liked"}
        onClick={() => void judge(about, opinion === "liked" ? undefined : "liked")}
      >
        <UpIcon /> <span className={isSmall ? "hidden-text" : undefined}>More like this</span>
        {isSmall ? <span className="hidden-text">{` (${name})`}</span> : null}
      </button>
      <button type="button" className={isSmall ? "thumb" : "button quiet"} aria-pressed={opinion === "hidden"} onClick={hide}>
        <DownIcon /> <span className={isSmall ? "hidden-text" : undefined}>Not for me</span>
        {isSmall ? <span className="hidden-text">{` (${name})`}</span> : null}
      </button>
    </div>
  );
}
