// "More like this" and "Not for me": shown at once, stored by the API, taken back when it cannot be stored.
import { recordInteractions } from "../../api/endpoints";
import { makeEvent } from "../../api/events";
import { queries } from "../../lib/query";
import { create } from "../../lib/store";
import { toast } from "../../ui/toast";

export type Opinion = "liked" | "hidden";

interface Judged {
  opinion: Opinion;
  name: string;
}

/** By customer, then by product: what was said in this browser. */
type Opinions = Record<string, Record<string, Judged>>;

export const useOpinions = create<{ opinions: Opinions }>(() => ({ opinions: {} }), {
  name: "shop.opinions",
  version: 1,
  pick: ({ opinions }) => opinions,
  restore: (saved) => (saved && typeof saved === "object" ? { opinions: saved as Opinions } : undefined),
});

const none: Record<string, Judged> = {};
export const useOpinionsOf = (userId: string | undefined) =>
  useOpinions(({ opinions }) => (userId === undefined ? none : (opinions[userId] ?? none)));

function put(userId: string, productId: string, judged: Judged | undefined): void {
  useOpinions.setState(({ opinions }) => {
    const own = { ...opinions[userId] };
    if (judged) own[productId] = judged;
    else delete own[productId];
    return { opinions: { ...opinions, [userId]: own } };
  });
}

export const hiddenKey = (userId: string) => `/users/${userId}/hidden`;

/** -1 hides, 0 takes an earlier word back, 1 is a signal for the next list. */
const values: Record<Opinion | "neutral", number> = { hidden: -1, neutral: 0, liked: 1 };

interface About {
  userId: string;
  product: { product_id: string; name: string };
  requestId?: string;
  position?: number;
}

/** Shows and stores an opinion; undefined takes it back. */
export async function judge(about: About, opinion: Opinion | undefined): Promise<void> {
  const { userId, product, requestId, position } = about;
  const before = useOpinions.getState().opinions[userId]?.[product.product_id];
  put(userId, product.product_id, opinion && { opinion, name: product.name });
  if (opinion === "hidden") {
    toast("Gone. It will not come back.", { label: "Undo", run: () => void judge(about, before?.opinion) });
  } else if (opinion === "liked") {
    toast("Noted. Your next picks will follow.");
  }
  try {
    await recordInteractions([
      makeEvent(userId, {
        product_id: product.product_id,
        interaction_type: "feedback",
        value: values[opinion ?? "neutral"],
        ...(requestId === undefined ? {} : { request_id: requestId }),
        ...(position === undefined ? {} : { position }),
      }),
    ]);
    // The lists are stale now; what is on screen takes from the new ones only what it needs.
    queries.invalidate(`/recommendations/${userId}`);
    queries.invalidate(hiddenKey(userId));
  } catch {
    put(userId, product.product_id, before);
    toast("That could not be saved just now. Please try again.");
  }
}
