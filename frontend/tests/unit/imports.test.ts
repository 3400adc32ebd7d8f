import assert from "node:assert/strict";
import { test } from "node:test";
// A script without types.
// @ts-expect-error
import { problemsOf } from "../../scripts/import-rules.mjs";

const check = (path: string, text: string): string[] => problemsOf(path, text, "/src");

test("a feature may import itself and the layers below, not another feature", () => {
  assert.deepEqual(check("features/cart/a.ts", 'import { b } from "./b";\nimport type { C } from "../../lib/c";'), []);
  assert.match(check("features/cart/a.ts", 'import { b } from "../account/b";')[0] ?? "", /must not import account/);
  assert.match(check("features/cart/a.ts", 'const b = import("../account/b");')[0] ?? "", /must not import account/);
  assert.match(check("features/cart/a.ts", 'export { b } from "../../app/b";')[0] ?? "", /features must not import app/);
});

test("the layers point one way", () => {
  assert.deepEqual(check("app/Home.tsx", 'import {\n  a,\n  b,\n} from "../features/cart/a";'), []);
  assert.match(check("lib/a.ts", 'import { b } from "../api/b";')[0] ?? "", /lib must not import api/);
  assert.match(check("ui/a.tsx", 'import { b } from "../features/cart/b";')[0] ?? "", /ui must not import features/);
});

test("rooms of the dashboard are apart, and share what is in parts", () => {
  assert.deepEqual(check("admin/jobs/a.tsx", 'import { b } from "../parts/b";\nimport { c } from "./c";'), []);
  assert.deepEqual(check("admin/AdminApp.tsx", 'import { a } from "./jobs/a";'), []);
  assert.match(check("admin/jobs/a.tsx", 'import { b } from "../models/b";')[0] ?? "", /must not import models/);
  assert.match(check("admin/jobs/a.tsx", 'import { b } from "../AdminApp";')[0] ?? "", /must not import what composes/);
  assert.match(check("admin/jobs/a.tsx", 'import { b } from "../../features/cart/b";')[0] ?? "", /must not import cart/);
  assert.match(check("admin/AdminApp.tsx", 'import { b } from "../features/cart/b";')[0] ?? "", /admin must not import features/);
});
