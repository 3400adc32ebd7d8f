import { setPreferences } from "../../api/endpoints";
import type { User } from "../../api/types";
import { queries } from "../../lib/query";

export const userKey = (userId: string) => `/users/${userId}`;

/** The categories a customer chose; older shops stored a plain list. */
export function chosenCategories({ preferences }: Pick<User, "preferences">): string[] {
  const { categories } = preferences;
  if (Array.isArray(categories)) return categories.filter((name): name is string => typeof name === "string");
  return categories !== null && typeof categories === "object" ? Object.keys(categories) : [];
}

/** Stores the choice; the lists made before it are dropped, so that its effect is on the next page. */
export async function saveCategories(userId: string, names: readonly string[]): Promise<void> {
  const user = await setPreferences(userId, Object.fromEntries(names.map((name) => [name, 1])));
  queries.set<User>(userKey(userId), () => user);
  queries.forget(`/recommendations/${userId}`);
}
