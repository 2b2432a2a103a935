import type { FitViewOptions } from "@xyflow/react";
import type { TaskView } from "../../../ipc/bindings/TaskView";
import { isSettled } from "../../../lib/stage";
import type { CanvasNode } from "./nodes";

/** Shows the whole plan. The bars above and below stay clear of the tasks. */
export const fit: FitViewOptions<CanvasNode> = {
  padding: { top: "62px", bottom: "54px", left: "28px", right: "28px" },
  maxZoom: 1,
  minZoom: 0.06,
};

/** More tasks than this are not readable at once. */
const readable = 40;

/** The first view: a plan that fits is shown whole, of a crowded one the part where something happens. */
export function firstView(tasks: readonly TaskView[]): FitViewOptions<CanvasNode> {
  if (tasks.length <= readable) return fit;
  const lively = tasks.filter(
    (t) => !isSettled(t.stage.kind) && t.stage.kind !== "waiting" && t.stage.kind !== "draft",
  );
  const shown = (lively.length ? lively : tasks).slice(0, readable);
  return { ...fit, nodes: shown.map((t) => ({ id: t.id })), minZoom: 0.3 };
}
