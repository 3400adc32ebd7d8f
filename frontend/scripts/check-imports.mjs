// Checks every import of src/ against import-rules.mjs.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { problemsOf } from "./import-rules.mjs";

function files(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : /\.tsx?$/.test(name) ? [path] : [];
  });
}

const source = join(dirname(dirname(fileURLToPath(import.meta.url))), "src");
const problems = files(source).flatMap((path) => {
  const name = relative(source, path).split(sep).join("/");
  const text = readFileSync(path, "utf8");
  const own = problemsOf(name, text, source);
  if (/\bstyle=\{/.test(text)) own.push(`${name}: no inline styles; use a class of styles/`);
  return own;
});
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log("frontend imports: features are apart, layers point one way");
