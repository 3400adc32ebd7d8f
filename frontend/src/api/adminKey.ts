// The administrator's key: kept for this tab alone, and sent in a header, never in an address.
import { create } from "../lib/store";

interface AdminKey {
  key: string | undefined;
  /** Why the last key is gone; undefined when nobody was refused. */
  refusal: string | undefined;
}

const storageKey = "shop.admin-key";

function saved(): string | undefined {
  try {
    return globalThis.sessionStorage?.getItem(storageKey) ?? undefined;
  } catch {
    // Closed storage: the key is asked for after each reload.
    return undefined;
  }
}

export const useAdminKey = create<AdminKey>(() => ({ key: saved(), refusal: undefined }));

export function setAdminKey(key: string | undefined, refusal?: string): void {
  try {
    if (key === undefined) sessionStorage.removeItem(storageKey);
    else sessionStorage.setItem(storageKey, key);
  } catch {
    // Then it lasts until the reload.
  }
  useAdminKey.setState({ key, refusal });
}
