/* One clock for the whole page: everything that shows a relative time ticks together, once a second. */
import { useSyncExternalStore } from "react";

let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function subscribe(changed: () => void): () => void {
  if (listeners.size === 0) {
    now = Date.now();
    timer = setInterval(() => {
      now = Date.now();
      for (const listener of listeners) listener();
    }, 1000);
  }
  listeners.add(changed);
  return () => {
    listeners.delete(changed);
    if (listeners.size === 0) clearInterval(timer);
  };
}

/** The time, as of the last tick, rounded down to `step` milliseconds so that a coarse reader renders rarely. */
export function useNow(step = 1000): number {
  return useSyncExternalStore(subscribe, () => now - (now % step));
}
