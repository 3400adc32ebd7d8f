// Bundles every unit test with esbuild and runs them in Node's own test runner.
//
//   node scripts/test.mjs [part of a file name]
import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
process.env.PATH = join(root, "node_modules", ".bin") + delimiter + process.env.PATH;
const part = process.argv[2] ?? "";
const tests = readdirSync("tests/unit").filter((name) => /\.test\.tsx?$/.test(name) && name.includes(part));
if (tests.length === 0) {
  console.error(`no unit test has ${part} in its name`);
  process.exit(1);
}
// Inside node_modules, so that Node finds what is not bundled.
const out = mkdtempSync(join(root, "node_modules", ".tests-"));
const run = (command, values) => spawnSync(command, values, { stdio: "inherit", timeout: 120_000 }).status ?? 1;
const linked = lstatSync("node_modules/react").isSymbolicLink();
const command = existsSync("node_modules/.bin/esbuild") ? "node_modules/.bin/esbuild" : "esbuild";
let status = run(command, [
  ...tests.map((name) => join("tests/unit", name)),
  "--bundle", "--platform=node", "--format=esm", "--target=node18", "--jsx=automatic", "--out-extension:.js=.mjs",
  "--sourcemap=inline", "--log-level=warning", `--outdir=${out}`, "--external:node:*",
  // React is CommonJS and asks for Node's modules by require; Node 18 has no global crypto.
  "--banner:js=import { createRequire as makeRequire } from 'node:module'; import { webcrypto as browserCrypto } from 'node:crypto';"
    + " const require = makeRequire(import.meta.url); globalThis.crypto ??= browserCrypto;",
  '--define:process.env.NODE_ENV="production"', '--define:SHOP_API_URL="/api"', '--define:SHOP_NAME="shop"',
  '--define:SHOP_SIGN_IN_URL="/login"',
  ...(linked ? ["--preserve-symlinks"] : []),
]);
if (status === 0) {
  const files = readdirSync(out).filter((name) => name.endsWith(".test.mjs")).map((name) => join(out, name));
  status = run(process.execPath, ["--enable-source-maps", "--test", ...files]);
}
rmSync(out, { recursive: true, force: true });
process.exit(status);
