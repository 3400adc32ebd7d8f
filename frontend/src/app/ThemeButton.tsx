import { MoonIcon, SunIcon } from "../ui/icons";
import { currentTheme, switchTheme, useTheme } from "./theme";

/** Between light and dark; with words where there is room for them. */
export function ThemeButton({ hasWords = false }: { hasWords?: boolean }) {
  useTheme();
  const isDark = currentTheme() === "dark";
  const words = isDark ? "Light colours" : "Dark colours";
  return (
    <button type="button" className={hasWords ? "link" : "icon-button"} onClick={switchTheme}>
      {hasWords ? words : (
        <>
          {isDark ? <SunIcon /> : <MoonIcon />}
          <span className="hidden-text">{words}</span>
        </>
      )}
    </button>
  );
}
