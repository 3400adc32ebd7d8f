import { useEffect, useState } from "react";
import { recommendations } from "../../api/endpoints";
import { hasViewed, visitId } from "../../api/session";
import type { RecommendedProduct, Recommendations } from "../../api/types";
import { queries } from "../../lib/query";
import { useQuery } from "../../lib/useQuery";
import type { Query } from "../../lib/useQuery";

export type ListName = Recommendations["list"];

/** More than is shown, so that a place left empty is filled at once. */
const fetched = 20;

export const listKey = (userId: string, list: ListName) => `/recommendations/${userId}?list=${list}`;

/** What was looked at in this visit lifts the list; without it the prepared one is served. */
const fetchList = (userId: string, list: ListName, signal: AbortSignal) =>
  recommendations(userId, { list, limit: fetched, session_id: list === "discover" && hasViewed() ? visitId() : undefined }, signal);

export const useRecommendations = (userId: string | undefined, list: ListName): Query<Recommendations> =>
  useQuery(userId === undefined ? null : listKey(userId, list), (signal) => fetchList(userId ?? "", list, signal), { staleTime: 60_000 });

/** Asks before the page is drawn that shows it. */
export const preloadList = (userId: string, list: ListName) => queries.load(listKey(userId, list), (signal) => fetchList(userId, list, signal));

/** An item on screen with what its events need. */
export interface Slot {
  item: RecommendedProduct;
  requestId: string;
  /** In the answer, from 1. */
  position: number;
}

export const slotsOf = (answer: Recommendations): Slot[] =>
  answer.items.map((item, index) => ({ item, requestId: answer.request_id, position: index + 1 }));

/** What is on screen after products were sent away: their places are filled from behind, the others stay where they are. */
export function refill(shown: readonly Slot[], spare: readonly Slot[], isHidden: (productId: string) => boolean): Slot[] {
  const used = new Set(shown.filter(({ item }) => !isHidden(item.product_id)).map(({ item }) => item.product_id));
  const next = spare.filter(({ item }) => !used.has(item.product_id) && !isHidden(item.product_id));
  return shown.flatMap((slot) => {
    if (!isHidden(slot.item.product_id)) return [slot];
    const filler = next.shift();
    return filler ? [filler] : [];
  });
}

/** The first `count` items of the first answer. A newer answer only fills places: the list never jumps under the reader. */
export function useSlots(answer: Recommendations | undefined, count: number, isHidden: (productId: string) => boolean): Slot[] {
  const [shown, setShown] = useState<{ userId: string; slots: Slot[] } | undefined>();
  const hasShown = shown !== undefined && shown.userId === answer?.user_id;
  useEffect(() => {
    if (!answer || hasShown) return;
    setShown({ userId: answer.user_id, slots: slotsOf(answer).filter(({ item }) => !isHidden(item.product_id)).slice(0, count) });
  }, [answer, hasShown, count, isHidden]);
  const current = hasShown ? shown.slots : answer ? slotsOf(answer).slice(0, count) : [];
  const next = answer ? refill(current, slotsOf(answer), isHidden) : current;
  const isChanged = hasShown && (next.length !== current.length || next.some((slot, index) => slot !== current[index]));
  useEffect(() => {
    // Kept, so that a product that is brought back does not push its successor out.
    if (isChanged && answer) setShown({ userId: answer.user_id, slots: next });
  });
  return next;
}
