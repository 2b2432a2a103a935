/* Dark and light follow the system unless the person chose; `?theme=` forces one for screenshots. */
import { type ThemeChoice, useDesk } from "../lib/desk";

const light = () => window.matchMedia("(prefers-color-scheme: light)");

export function themeFor(choice: ThemeChoice, systemIsLight: boolean): "dark" | "light" {
  if (choice === "system") return systemIsLight ? "light" : "dark";
  return choice;
}

export function followTheme(): void {
  const forced = new URLSearchParams(window.location.search).get("theme");
  const apply = () => {
    const choice = forced === "light" || forced === "dark" ? forced : useDesk.getState().theme;
    document.documentElement.dataset.theme = themeFor(choice, light().matches);
  };
  apply();
  useDesk.subscribe(apply);
  light().addEventListener("change", apply);
}
