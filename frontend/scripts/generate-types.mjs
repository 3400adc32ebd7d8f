// Writes src/api/types.ts from the API's own description, so that pages cannot expect what the API does not send.
//
//   node scripts/generate-types.mjs FILE            from an openapi.json
//   node scripts/generate-types.mjs FILE --check    writes nothing; fails when types.ts is of another description
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { typesOf } from "./openapi-types.mjs";

const target = join(dirname(dirname(fileURLToPath(import.meta.url))), "src/api/types.ts");
const text = typesOf(JSON.parse(readFileSync(process.argv[2], "utf8")));
if (process.argv.includes("--check")) {
  if (readFileSync(target, "utf8") !== text) {
    console.error("src/api/types.ts is not what the API describes: run scripts/frontend.sh types");
    process.exit(1);
  }
  console.log("frontend types of the API: as it describes itself");
} else writeFileSync(target, text);
