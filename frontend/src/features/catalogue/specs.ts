/** What the shop wrote about a product, as rows for people: `life_stage: adult` reads as `Life stage: adult`. */
export function specRows(metadata: Record<string, unknown>): [string, string][] {
  const rows: [string, string][] = [];
  const add = (name: string, value: unknown) => {
    if (typeof value === "string" || typeof value === "number") rows.push([words(name), String(value)]);
    else if (typeof value === "boolean") rows.push([words(name), value ? "yes" : "no"]);
  };
  add("brand", metadata["brand"]);
  const specs = metadata["specs"];
  if (specs && typeof specs === "object" && !Array.isArray(specs)) {
    for (const [name, value] of Object.entries(specs)) add(name, value);
  }
  return rows;
}

const words = (name: string) => name.charAt(0).toUpperCase() + name.slice(1).replace(/_/g, " ");

export function tagsOf(metadata: Record<string, unknown>): string[] {
  const tags = metadata["tags"];
  return Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === "string") : [];
}

/** Further pictures, if the shop has any. */
export function galleryOf(metadata: Record<string, unknown>): string[] {
  const images = metadata["images"];
  return Array.isArray(images) ? images.filter((url): url is string => typeof url === "string") : [];
}
