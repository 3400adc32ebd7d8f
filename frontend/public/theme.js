// Before the first paint, so that a chosen theme does not flash. A file of its own: the page allows no inline script.
try {
  const theme = JSON.parse(localStorage.getItem("shop.theme") ?? "null")?.state?.theme;
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // A full or closed storage leaves the system's theme.
}
