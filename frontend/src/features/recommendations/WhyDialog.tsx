import { productName } from "../../lib/format";
import { Dialog } from "../../ui/Dialog";
import { Evidence } from "./Evidence";
import { Feedback } from "./Feedback";
import type { Slot } from "./lists";
import { reasonText } from "./reasonText";

export interface WhyProps {
  slot: Slot;
  userId: string;
  onClose: () => void;
}

/** Why a product is in the list, and what the customer says to that. */
export function WhyDialog({ slot, userId, onClose }: WhyProps) {
  return (
    <Dialog kind="sheet" title={`Why ${productName(slot.item.name)}?`} onClose={onClose}>
      <p className="reason-line">{reasonText(slot.item)}.</p>
      <Evidence item={slot.item} />
      <Feedback slot={slot} userId={userId} onHidden={onClose} />
    </Dialog>
  );
}
