/*
 * What is open on the person's desk: interface state only, remembered in this window's storage.
 * Nothing of the engine's is kept here; that lives in the query cache.
 */
import { create } from "zustand";

export type ThemeChoice = "system" | "dark" | "light";

interface Remembered {
  theme: ThemeChoice;
  /** Own key bindings by action id; an empty string takes the key away. */
  keys: Record<string, string>;
  /** The plan looked at last, for places that are about no plan. */
  lastPlan: string | null;
  railOpen: boolean;
  inspectorOpen: boolean;
  dockOpen: boolean;
  terminalFontSize: number;
}

interface Desk extends Remembered {
  paletteOpen: boolean;
  keysOpen: boolean;
  /** The run that the dock shows, and a number that rises each time it is asked for. */
  shownRun: string | null;
  shownRunAsked: number;
  /** Opens the dock with this run's terminal or log. */
  showRun: (run: string) => void;
  set: (change: Partial<Remembered & { paletteOpen: boolean; keysOpen: boolean }>) => void;
}

const storageKey = "coppice.desk";

const fresh: Remembered = {
  theme: "system",
  keys: {},
  lastPlan: null,
  railOpen: true,
  inspectorOpen: true,
  dockOpen: true,
  terminalFontSize: 12,
};

export const useDesk = create<Desk>((set) => ({
  ...fresh,
  ...read(),
  paletteOpen: false,
  keysOpen: false,
  shownRun: null,
  shownRunAsked: 0,
  showRun: (run) => set((d) => ({ shownRun: run, shownRunAsked: d.shownRunAsked + 1, dockOpen: true })),
  set: (change) => set(change),
}));

useDesk.subscribe((desk) => {
  const kept = Object.fromEntries(Object.keys(fresh).map((k) => [k, desk[k as keyof Remembered]]));
  try {
    window.localStorage.setItem(storageKey, JSON.stringify(kept));
  } catch {
    // Storage may be full or forbidden; the desk is then as fresh next time.
  }
});

/** Takes from storage what has the expected type; the rest is fresh. */
function read(): Partial<Remembered> {
  try {
    const stored: unknown = JSON.parse(window.localStorage.getItem(storageKey) ?? "{}");
    if (typeof stored !== "object" || stored === null) return {};
    return Object.fromEntries(
      Object.entries(stored).filter(([k, v]) => {
        if (!(k in fresh)) return false;
        const was = fresh[k as keyof Remembered];
        return was === null ? typeof v === "string" || v === null : typeof v === typeof was;
      }),
    );
  } catch {
    return {};
  }
}
