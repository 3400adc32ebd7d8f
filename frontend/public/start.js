// What has to happen before the program is there. A file of its own: the page allows no inline script.

// Before the first paint, so that a chosen theme does not flash.
try {
  const theme = JSON.parse(localStorage.getItem("shop.theme") ?? "null")?.state?.theme;
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // A full or closed storage leaves the system's theme.
}

// The code of the page that was asked for, beside the program that would ask for it half a second later on a slow network.
const page = location.pathname === "/" ? undefined : /^\/admin(\/|$)/.test(location.pathname) ? "admin" : "pages";
for (const { href } of document.querySelectorAll(`link[data-code="${page}"]`)) {
  document.head.append(Object.assign(document.createElement("link"), { rel: "modulepreload", href }));
}
