import { createContext, useContext, useState } from "react";
import { productName } from "../../lib/format";
import type { LazyPage } from "../../ui/lazyPage";
import type { Slot } from "./lists";
import { reasonText } from "./reasonText";
import type { WhyProps } from "./WhyDialog";

/** The dialog of `WhyDialog.tsx`; app/ says with which file of code it comes. */
export const WhyDialogContext = createContext<LazyPage<WhyProps> | undefined>(undefined);

/** The reason below a card; opens what is behind it. */
export function Reason({ slot, userId }: { slot: Slot; userId: string }) {
  const [isOpen, setOpen] = useState(false);
  const WhyDialog = useContext(WhyDialogContext);
  const fetchAhead = () => void WhyDialog?.preload().catch(() => {});
  return (
    <>
      <button
        type="button"
        className="reason"
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
        onPointerEnter={fetchAhead}
        onFocus={fetchAhead}
      >
        {reasonText(slot.item)}
        <span className="hidden-text">{`: why am I seeing ${productName(slot.item.name)}?`}</span>
      </button>
      {isOpen && WhyDialog ? <WhyDialog slot={slot} userId={userId} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
