// Which runs have tabs, in which order, and which one is shown when nobody has chosen. Pure.

import type { RunKind } from "../../ipc/bindings/RunKind";
import type { RunView } from "../../ipc/bindings/RunView";

/** How many finished runs keep a tab of their own; the others are in the menu behind them. */
export const FINISHED_TABS = 6;

export type TabRow = { tabs: RunView[]; older: RunView[] };

/** The living first, oldest first so that tabs keep their places; then the newest finished ones and those shown. */
export function tabRow(runs: readonly RunView[], shown: readonly (string | null)[]): TabRow {
  const living = runs.filter((run) => run.live).sort((a, b) => a.started_ms - b.started_ms);
  const finished = runs.filter((run) => !run.live).sort((a, b) => endOf(b) - endOf(a));
  const kept = finished.filter((run, index) => index < FINISHED_TABS || shown.includes(run.id));
  const older = finished.filter((run) => !kept.includes(run));
  return { tabs: [...living, ...kept], older };
}

function endOf(run: RunView): number {
  return run.ended_ms ?? run.started_ms;
}

const INTEREST: Record<RunKind, number> = {
  implement: 0,
  fix: 0,
  resolve: 1,
  review: 1,
  judge: 1,
  plan: 1,
  shell: 2,
  check: 3,
  setup: 4,
};

/** What is shown before a choice: a living agent, else anything living, else what ended last. */
export function firstShown(runs: readonly RunView[]): RunView | null {
  const living = runs
    .filter((run) => run.live)
    .sort((a, b) => INTEREST[a.kind] - INTEREST[b.kind] || a.started_ms - b.started_ms);
  return living[0] ?? tabRow(runs, []).tabs[0] ?? null;
}

/** A run's end in words: "exit 0", "ended", "timed out". Empty while it lives. */
export function endWord(run: Pick<RunView, "live" | "code" | "outcome">): string {
  if (run.live) return "";
  switch (run.outcome) {
    case "exited":
    case null:
      return run.code === null ? "ended" : `exit ${run.code}`;
    case "signalled":
      return "ended by a signal";
    case "timed_out":
      return "timed out";
    case "ended":
      return "ended";
    case "lost":
      return "lost";
    case "start_failed":
      return "did not start";
  }
}
