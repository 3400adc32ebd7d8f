// Who shops here. The cookie of the API proves it where a proof is needed; this is what the pages say and ask for.
import { newId } from "../lib/ids";
import { create } from "../lib/store";
import { authorize, request } from "./client";

interface Session {
  userId: string | undefined;
  displayName: string | undefined;
  signIn(userId: string, displayName: string | undefined, token: string | undefined): void;
  signOut(): void;
}

export const useSession = create<Session>(
  (set) => ({
    userId: undefined,
    displayName: undefined,
    signIn: (userId, displayName, token) => {
      authorize(token);
      set({ userId, displayName });
    },
    signOut: () => {
      // The cookie goes too; a shop without sessions of its own has no such route.
      request("/auth/logout", { method: "POST" }).catch(() => {});
      authorize(undefined);
      set({ userId: undefined, displayName: undefined });
    },
  }),
  {
    name: "shop.session",
    version: 1,
    pick: ({ userId, displayName }) => ({ userId, displayName }),
    restore: (saved) => {
      const { userId, displayName } = (saved ?? {}) as Record<string, unknown>;
      if (typeof userId !== "string") return { userId: undefined, displayName: undefined };
      return { userId, displayName: typeof displayName === "string" ? displayName : undefined };
    },
  },
);

const visitKey = "shop.visit";

/** The visit of this tab: its id, and what it has done that must be counted once. */
interface Visit {
  id: string;
  done: string[];
}

let memory: Visit = { id: newId("s"), done: [] };

function visit(): Visit {
  try {
    const saved = JSON.parse(sessionStorage.getItem(visitKey) ?? "null") as Visit | null;
    if (saved && typeof saved.id === "string" && Array.isArray(saved.done)) return (memory = saved);
    sessionStorage.setItem(visitKey, JSON.stringify(memory));
  } catch {
    // Without storage the visit lasts until the reload.
  }
  return memory;
}

export const visitId = () => visit().id;

/** Whether this is the first time in the visit that `key` happens. */
export function firstTime(key: string): boolean {
  const { id, done } = visit();
  if (done.includes(key)) return false;
  memory = { id, done: [...done, key].slice(-500) };
  try {
    sessionStorage.setItem(visitKey, JSON.stringify(memory));
  } catch {
    // Then it is counted once a page load.
  }
  return true;
}

/** Whether the visitor has looked at a product in this visit. */
export const hasViewed = () => visit().done.some((key) => key.startsWith("view:"));
