import { useEffect, useState } from "react";
import type { Point } from "../../../ipc/bindings/Point";
import type { TaskView } from "../../../ipc/bindings/TaskView";
import type { Positions } from "../edits";
import { layOut } from "./elk";
import { layoutKey, placeMissing } from "./layout";

const laidOut = new Map<string, Map<string, Point>>();

/** Where every task is shown; null until a plan without saved places has been laid out. */
export function usePlaces(tasks: readonly TaskView[]): Positions | null {
  const free = tasks.length > 0 && tasks.every((t) => t.position === null);
  const key = layoutKey(tasks);
  const [, done] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` is all of the tasks that matters here
  useEffect(() => {
    if (!free || laidOut.has(key)) return;
    let here = true;
    layOut(tasks)
      // Without a worker the plan is still shown, in plain columns.
      .catch(() => placeMissing(tasks))
      .then((places) => {
        laidOut.set(key, places);
        if (here) done((n) => n + 1);
      });
    return () => {
      here = false;
    };
  }, [free, key]);

  if (!free) return placeMissing(tasks);
  return laidOut.get(key) ?? null;
}
