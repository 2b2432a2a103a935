// What the dock of each plan shows: interface state, for as long as the window is open.

import { create } from "zustand";

export type DockMode = "one" | "split" | "wall";

type DockState = {
  mode: DockMode;
  /** The chosen run of the first and the second pane, by plan; absent: nobody has chosen. */
  first: Readonly<Record<string, string>>;
  second: Readonly<Record<string, string>>;
  /** Which of two panes a tab opens in. */
  pane: "first" | "second";
  setMode: (mode: DockMode) => void;
  show: (plan: string, run: string, pane?: "first" | "second") => void;
  /** Ends the split; `run` is what stays. */
  keep: (plan: string, run: string) => void;
  focusPane: (pane: "first" | "second") => void;
};

export const useDock = create<DockState>((set) => ({
  mode: "one",
  first: {},
  second: {},
  pane: "first",
  setMode: (mode) => set({ mode, pane: "first" }),
  show: (plan, run, pane) =>
    set((dock) => {
      const where = dock.mode === "split" ? (pane ?? dock.pane) : "first";
      return { [where]: { ...dock[where], [plan]: run }, mode: dock.mode === "wall" ? "one" : dock.mode };
    }),
  keep: (plan, run) => set((dock) => ({ mode: "one", pane: "first", first: { ...dock.first, [plan]: run } })),
  focusPane: (pane) => set({ pane }),
}));
