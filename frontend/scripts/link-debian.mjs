// Makes node_modules/ out of the packages that Debian installs: a real directory with one symbolic link a package, so that
// tsc and esbuild find code and types together and hashed names do not depend on where the checkout lies.
// Does nothing where npm has filled node_modules.
import { existsSync, lstatSync, mkdirSync, rmSync, symlinkSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const target = join(root, "node_modules");
const roots = ["/usr/share/nodejs", "/usr/lib/nodejs", ...multiarch()];
/** What is linked, and the Debian package that holds it. */
const wanted = {
  react: "node-react",
  "react-dom": "node-react-dom",
  scheduler: "node-scheduler",
  "chart.js": "node-chart.js",
  csstype: "node-csstype",
  "prop-types": "node-prop-types",
  typescript: "node-typescript",
  "@types/react": "node-react",
  "@types/react-dom": "node-react-dom",
  "@types/scheduler": "node-scheduler",
  "@types/prop-types": "node-prop-types",
};

function multiarch() {
  const base = "/usr/lib";
  return readdirSync(base)
    .map((name) => join(base, name, "nodejs"))
    .filter((path) => existsSync(path));
}

if (existsSync(join(target, "react")) && !lstatSync(join(target, "react")).isSymbolicLink()) {
  console.log("node_modules: installed by npm");
  process.exit(0);
}

const missing = [];
const links = [];
for (const [name, debian] of Object.entries(wanted)) {
  const source = roots.map((base) => join(base, name)).find((path) => existsSync(path));
  if (source === undefined) missing.push(`${name} (${debian})`);
  else links.push([name, source]);
}
if (missing.length > 0) {
  console.error(`Missing: ${missing.join(", ")}. Run scripts/install-prerequisites.sh, or npm install in frontend/.`);
  process.exit(1);
}
rmSync(target, { recursive: true, force: true });
for (const [name, source] of links) {
  mkdirSync(dirname(join(target, name)), { recursive: true });
  symlinkSync(source, join(target, name));
}
