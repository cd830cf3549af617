/** Light, dark, or as the system says. boot.js applies the same choice before the first paint. */
import { create } from "zustand";

export type Theme = "light" | "dark" | "system";

const STORAGE_KEY = "wasl.theme";
const NEXT: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" };

export const useTheme = create<{ theme: Theme }>()(() => ({
  theme: (document.documentElement.dataset.theme as Theme | undefined) ?? "system",
}));

export function nextTheme(): void {
  const theme = NEXT[useTheme.getState().theme];
  if (theme === "system") {
    delete document.documentElement.dataset.theme;
    localStorage.removeItem(STORAGE_KEY);
  } else {
    document.documentElement.dataset.theme = theme;
    localStorage.setItem(STORAGE_KEY, theme);
  }
  useTheme.setState({ theme });
}
