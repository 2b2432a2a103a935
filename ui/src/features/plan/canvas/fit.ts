import type { FitViewOptions } from "@xyflow/react";

/** Shows the whole plan. The bars above and below stay clear of the tasks. */
export const fit: FitViewOptions = {
  padding: { top: "62px", bottom: "54px", left: "28px", right: "28px" },
  maxZoom: 1,
  minZoom: 0.15,
};
