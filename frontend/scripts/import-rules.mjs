// Which way imports go: features never import each other, only app/ composes them; lib imports nothing of ours. The dashboard's
// rooms are the folders of admin/: they never import each other either, what they share is in admin/parts.
import { dirname, join, normalize, relative, sep } from "node:path";

/** What each layer may import. A feature may also import itself; `main.tsx` is part of app. */
export const direction = {
  app: ["app", "admin", "features", "ui", "api", "lib", "styles"],
  admin: ["admin", "ui", "api", "lib"],
  features: ["ui", "api", "lib"],
  ui: ["ui", "api", "lib"],
  api: ["api", "lib"],
  lib: ["lib"],
};

const layerOf = (path) => (path.includes("/") ? path.split("/")[0] : "app");
/** A feature of the shop or a room of the dashboard; undefined for what composes or is shared. */
const featureOf = (path) => /^(?:features|admin\/(?!parts\/))\/?[^/]+(?=\/)/.exec(path)?.[0];

/** The problems of one file; `target` names a file of ours relative to src, without extension, or is undefined. */
export function problemsOf(path, text, source) {
  const problems = [];
  const imports = /(?:import|export)\s[^"';]*?from\s*["']([^"']+)["']|import\s*\(?\s*["']([^"']+)["']/g;
  for (const match of text.matchAll(imports)) {
    const name = match[1] ?? match[2];
    if (!name.startsWith(".")) continue;
    const target = relative(source, normalize(join(source, dirname(path), name))).split(sep).join("/");
    const [from, to] = [layerOf(path), layerOf(target)];
    const [own, other] = [featureOf(path), featureOf(target)];
    if (own !== undefined && own === other) continue;
    if (own !== undefined && other !== undefined) {
      const [feature, another] = [own, other].map((each) => each.split("/")[1]);
      problems.push(`${path}: the feature ${feature} must not import ${another}; compose them in ${from === "admin" ? "admin" : "app"}/`);
    } else if (own !== undefined && to === "admin" && !target.startsWith("admin/parts/")) {
      problems.push(`${path}: a room must not import what composes the rooms (${name})`);
    } else if (!direction[from]?.includes(to)) {
      problems.push(`${path}: ${from} must not import ${to} (${name})`);
    }
  }
  return problems;
}
