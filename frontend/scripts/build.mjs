// Builds dist/: bundles src/main.tsx with esbuild, writes index.html with the hashed names, copies public/ and
// staticwebapp.config.json, prints gzip sizes and fails when the first load is over its budget.
//
//   node scripts/build.mjs            production
//   node scripts/build.mjs --watch    rebuilds on change, unminified
//
//   SHOP_API_URL   where the API is (default /api; an origin such as https://shop-api.example/api for a separate one)
//   SHOP_NAME      the name over the door
//   SHOP_SIGN_IN_URL   where customers sign in outside demo mode
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

/** Compressed bytes; the gzip of two Node versions differs by a few. */
const budgets = { firstLoad: 75_000, lazyChunk: 75_000 };

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");
const watching = process.argv.includes("--watch");
process.chdir(root);
process.env.PATH = join(root, "node_modules", ".bin") + delimiter + process.env.PATH;

function esbuildArguments() {
  const defines = {
    "process.env.NODE_ENV": watching ? "development" : "production",
    SHOP_API_URL: process.env.SHOP_API_URL || "/api",
    SHOP_NAME: process.env.SHOP_NAME || "sample·shop",
    SHOP_SIGN_IN_URL: process.env.SHOP_SIGN_IN_URL || "/login",
  };
  const linked = existsSync("node_modules/react") && lstatSync("node_modules/react").isSymbolicLink();
  return [
    "src/main.tsx", "src/styles/pages.css", "src/styles/admin.css",
    "--bundle", "--splitting", "--format=esm", "--target=es2020", "--jsx=automatic", "--charset=utf8",
    "--sourcemap=external", "--legal-comments=linked", "--outbase=src", "--outdir=dist/assets",
    ...["entry", "chunk", "asset"].map((kind) => `--${kind}-names=${watching ? "[name]" : "[name]-[hash]"}`),
    "--metafile=dist/meta.json", "--log-level=warning",
    ...Object.entries(defines).map(([name, value]) => `--define:${name}=${JSON.stringify(value)}`),
    ...(watching ? [] : ["--minify"]),
    ...(linked ? ["--preserve-symlinks"] : []),
  ];
}

/** The output of an entry, and every chunk that it imports statically. */
function scriptsOf(outputs, entryPoint) {
  const entry = Object.keys(outputs).find((path) => outputs[path].entryPoint === entryPoint);
  if (entry === undefined) throw new Error(`the build made nothing of ${entryPoint}`);
  const scripts = [];
  const visit = (path) => {
    if (scripts.includes(path)) return;
    scripts.push(path);
    for (const { path: next, kind } of outputs[path]?.imports ?? []) if (kind === "import-statement") visit(next);
  };
  visit(entry);
  return scripts;
}

/** The files that the first page needs: scripts, the entry first, and its style sheet; and what other pages need besides. */
function firstLoad(outputs) {
  const scripts = scriptsOf(outputs, "src/main.tsx");
  const [entry] = scripts;
  const besides = (entryPoint) => scriptsOf(outputs, entryPoint).filter((path) => !scripts.includes(path));
  // Older esbuild does not name the style sheet of an entry.
  const style = outputs[entry].cssBundle ?? Object.keys(outputs).find((path) => /\/main-\w+\.css$/.test(path));
  return {
    entry, scripts, style, later: Object.keys(outputs).filter((path) => path.endsWith(".css") && path !== style),
    code: { pages: besides("src/app/otherPages.ts"), admin: besides("src/app/adminPages.ts") },
  };
}

function page({ entry, scripts, style, later, code }) {
  const url = (path) => path.replace(/^dist/, "");
  const tags = [
    `<link rel="stylesheet" href="${url(style)}">`,
    // ui/lazyPage.tsx makes it a style sheet when the code that needs it comes; customers do not fetch the dashboard's.
    ...later.map((path) => {
      const sheet = /([a-z]+)[^/]*$/.exec(path)[1];
      return `<link rel="${sheet === "admin" ? "x-later" : "prefetch"}" as="style" data-later="${sheet}" href="${url(path)}">`;
    }),
    ...scripts.filter((path) => path !== entry).map((path) => `<link rel="modulepreload" href="${url(path)}">`),
    `<script type="module" src="${url(entry)}"></script>`,
  ];
  // public/start.js fetches what the page that was asked for needs.
  const names = Object.entries(code).flatMap(([name, paths]) => paths.map((path) => `<link rel="x-later" data-code="${name}" href="${url(path)}">`));
  const place = (html, mark, lines) => html.replace(`<!-- ${mark} -->`, lines.join("\n    "));
  return place(place(readFileSync("index.html", "utf8"), "later code", names), "assets", tags);
}

/** An API of another origin must be named in the Content-Security-Policy. */
function siteConfiguration() {
  const text = readFileSync("staticwebapp.config.json", "utf8");
  const api = process.env.SHOP_API_URL ?? "";
  if (!/^https?:/.test(api)) return text;
  return text.replace("default-src 'self';", `default-src 'self'; connect-src 'self' ${new URL(api).origin};`);
}

function finish() {
  const { outputs } = JSON.parse(readFileSync("dist/meta.json", "utf8"));
  const first = firstLoad(outputs);
  writeFileSync("dist/index.html", page(first));
  cpSync("public", "dist", { recursive: true });
  writeFileSync("dist/staticwebapp.config.json", siteConfiguration());
  if (watching) return;
  const gzip = (path) => readFileSync(`${path}.gz`).length;
  const initial = [...first.scripts, first.style];
  const lazy = Object.keys(outputs).filter((path) => /\.(js|css)$/.test(path) && !initial.includes(path));
  // Next to each file, for a server that does not compress by itself.
  for (const path of [...initial, ...lazy]) writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
  const total = initial.reduce((sum, path) => sum + gzip(path), 0);
  for (const path of [...initial, ...lazy]) console.log(`${String(gzip(path)).padStart(8)} gzip  ${path}`);
  console.log(`${String(total).padStart(8)} gzip  first load (budget ${budgets.firstLoad})`);
  const over = lazy.filter((path) => gzip(path) > budgets.lazyChunk);
  if (total > budgets.firstLoad || over.length > 0) {
    console.error(`Over the size budget: ${total > budgets.firstLoad ? "first load" : over.join(", ")}`);
    process.exit(1);
  }
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
const command = existsSync("node_modules/.bin/esbuild") ? "node_modules/.bin/esbuild" : "esbuild";
const { status, error } = spawnSync(command, esbuildArguments(), { stdio: "inherit" });
if (error) throw error;
if (status !== 0) process.exit(status ?? 1);
finish();
// The names are fixed while watching, so index.html stays right.
if (watching) spawn(command, [...esbuildArguments(), "--watch=forever"], { stdio: "inherit" });
