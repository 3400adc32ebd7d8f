/** Has the browser store a text as a file. */
export function download(name: string, text: string, type = "text/plain"): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

const quoted = (value: string | number | null) => {
  const text = value === null ? "" : String(value);
  // A spreadsheet runs what begins like a formula.
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
};

/** RFC 4180; a missing value is an empty field. */
export const csv = (rows: readonly (readonly (string | number | null)[])[]) => rows.map((row) => `${row.map(quoted).join(",")}\r\n`).join("");
