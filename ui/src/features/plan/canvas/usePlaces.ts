import { useMemo } from "react";
import type { TaskView } from "../../../ipc/bindings/TaskView";
import type { Positions } from "../edits";
import { layOut } from "./layered";
import { layoutKey, placeMissing } from "./layout";

/** Where every task is shown: the saved places, or a layout that only the graph's shape decides. */
export function usePlaces(tasks: readonly TaskView[]): Positions {
  const free = tasks.every((t) => t.position === null);
  const key = layoutKey(tasks);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` is all of the tasks that matters to a layout
  const laidOut = useMemo(() => (free ? layOut(tasks) : null), [free, key]);
  return useMemo(() => laidOut ?? placeMissing(tasks), [laidOut, tasks]);
}
