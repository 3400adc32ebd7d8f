// TypeScript of the schemas of an OpenAPI 3.0 document.

const head = `// Made by scripts/frontend.sh types from the API's openapi.json. Do not edit: change the route, then make it again.
`;

/** The TypeScript of a schema of OpenAPI 3.0. */
export function typeOf(schema, indent = "") {
  if (schema === undefined) return "unknown";
  const type = plainTypeOf(schema, indent);
  return schema.nullable ? `${type} | null` : type;
}

function plainTypeOf(schema, indent) {
  if (schema.$ref) return schema.$ref.split("/").pop();
  for (const [key, mark] of [["anyOf", " | "], ["oneOf", " | "], ["allOf", " & "]]) {
    if (schema[key]) return schema[key].map((each) => wrapped(typeOf(each, indent))).join(mark);
  }
  if (schema.enum) return schema.enum.filter((value) => value !== null).map((value) => JSON.stringify(value)).join(" | ");
  switch (schema.type) {
    case "string": return "string";
    case "integer":
    case "number": return "number";
    case "boolean": return "boolean";
    case "array": return `${wrapped(typeOf(schema.items, indent))}[]`;
    case "object": return objectOf(schema, indent);
    default: return "unknown";
  }
}

/** An object in braces needs no parentheses, whatever is in it. */
const wrapped = (type) => (/ [|&] /.test(type) && !/^\{[^]*\}$/.test(type) ? `(${type})` : type);

function objectOf({ properties, required = [], additionalProperties }, indent) {
  const names = Object.keys(properties ?? {});
  const others = typeof additionalProperties === "object" ? typeOf(additionalProperties, indent) : "unknown";
  if (names.length === 0) return `Record<string, ${others}>`;
  const members = names.map((name) => {
    const key = /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
    const about = properties[name].description ? `${indent}  /** ${properties[name].description} */\n` : "";
    return `${about}${indent}  ${key}${required.includes(name) ? "" : "?"}: ${typeOf(properties[name], `${indent}  `)};\n`;
  });
  return `{\n${members.join("")}${indent}}`;
}

export function typesOf(document) {
  const parts = Object.entries(document.components.schemas).map(([name, schema]) => {
    const about = schema.description ? `/** ${schema.description} */\n` : "";
    return `${about}export type ${name} = ${typeOf(schema)};\n`;
  });
  return [head, ...parts].join("\n");
}
