import { Evidence } from "./Evidence";
import { Feedback } from "./Feedback";
import type { Slot } from "./lists";
import { reasonText } from "./reasonText";

/** The reason with evidence and thumbs in place. */
export function OpenReason({ slot, userId }: { slot: Slot; userId: string }) {
  return (
    <div className="open-reason">
      <details>
        <summary className="reason">{reasonText(slot.item)}</summary>
        <Evidence item={slot.item} />
      </details>
      <Feedback slot={slot} userId={userId} isSmall />
    </div>
  );
}
