// Which way imports go: features never import each other, only app/ composes them; lib imports nothing of ours.
import { dirname, join, normalize, relative, sep } from "node:path";

/** What each layer may import. A feature may also import itself; `main.tsx` is part of app. */
export const direction = {
  app: ["app", "features", "ui", "api", "lib", "styles"],
  features: ["ui", "api", "lib"],
  ui: ["ui", "api", "lib"],
  api: ["api", "lib"],
  lib: ["lib"],
};

const layerOf = (path) => (path.includes("/") ? path.split("/")[0] : "app");
const featureOf = (path) => (path.startsWith("features/") ? path.split("/")[1] : undefined);

/** The problems of one file; `target` names a file of ours relative to src, without extension, or is undefined. */
export function problemsOf(path, text, source) {
  const problems = [];
  const imports = /(?:import|export)\s[^"';]*?from\s*["']([^"']+)["']|import\s*\(?\s*["']([^"']+)["']/g;
  for (const match of text.matchAll(imports)) {
    const name = match[1] ?? match[2];
    if (!name.startsWith(".")) continue;
    const target = relative(source, normalize(join(source, dirname(path), name))).split(sep).join("/");
    const [from, to] = [layerOf(path), layerOf(target)];
    if (from === "features" && to === "features" && featureOf(path) === featureOf(target)) continue;
    if (from === "features" && to === "features") {
      problems.push(`${path}: the feature ${featureOf(path)} must not import ${featureOf(target)}; compose them in app/`);
    } else if (!direction[from]?.includes(to)) {
      problems.push(`${path}: ${from} must not import ${to} (${name})`);
    }
  }
  return problems;
}
