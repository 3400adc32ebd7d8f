import assert from "node:assert/strict";
import { test } from "node:test";
// A script without types.
// @ts-expect-error
import { typeOf, typesOf } from "../../scripts/openapi-types.mjs";

test("schemas become types: references, lists, choices, null", () => {
  const schema = {
    type: "object",
    required: ["id", "list"],
    properties: {
      id: { type: "string", description: "Of the product." },
      price: { type: "number", nullable: true },
      list: { type: "string", enum: ["discover", "buy_again"] },
      items: { type: "array", items: { $ref: "#/components/schemas/Item" } },
      either: { type: "array", items: { anyOf: [{ type: "string" }, { type: "integer" }] } },
      "odd-name": { type: "boolean" },
    },
  };
  assert.equal(
    typeOf(schema),
    `{
  /** Of the product. */
  id: string;
  price?: number | null;
  list: "discover" | "buy_again";
  items?: Item[];
  either?: (string | number)[];
  "odd-name"?: boolean;
}`,
  );
});

test("free objects keep the type of their members", () => {
  assert.equal(typeOf({ type: "object", additionalProperties: { type: "number" } }), "Record<string, number>");
  assert.equal(typeOf({ type: "object" }), "Record<string, unknown>");
});

test("each named schema is one exported type", () => {
  const text = typesOf({ components: { schemas: { Card: { type: "object", description: "In lists.", properties: {} } } } });
  assert.match(text, /\/\*\* In lists\. \*\/\nexport type Card = Record<string, unknown>;/);
});
