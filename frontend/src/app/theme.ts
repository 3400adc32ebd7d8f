import { create } from "../lib/store";

type Theme = "light" | "dark";

/** Undefined follows the system. `public/start.js` reads the same entry before the first paint. */
export const useTheme = create<{ theme: Theme | undefined }, { theme: Theme | undefined }>(() => ({ theme: undefined }), {
  name: "shop.theme",
  version: 1,
  pick: ({ theme }) => ({ theme }),
  restore: (saved) => {
    const theme = (saved as { theme?: unknown } | null)?.theme;
    return { theme: theme === "light" || theme === "dark" ? theme : undefined };
  },
});

const system = () => matchMedia("(prefers-color-scheme: dark)");
export const currentTheme = (): Theme => useTheme.getState().theme ?? (system().matches ? "dark" : "light");

function apply(): void {
  document.documentElement.dataset["theme"] = currentTheme();
}

export function startTheme(): void {
  apply();
  useTheme.subscribe(apply);
  system().addEventListener("change", apply);
}

/** The other one; the system's own choice needs no entry. */
export function switchTheme(): void {
  const next = currentTheme() === "dark" ? "light" : "dark";
  useTheme.setState({ theme: next === (system().matches ? "dark" : "light") ? undefined : next });
}
