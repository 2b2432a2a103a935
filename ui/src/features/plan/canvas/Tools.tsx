import { useReactFlow } from "@xyflow/react";
import { Maximize, Minus, Plus, Workflow } from "lucide-react";
import { IconButton } from "../../../components/Button";
import type { PlanView } from "../../../ipc/bindings/PlanView";
import { runAction, useActionKey } from "../../../lib/actions";
import { testIds } from "../../../testids";
import styles from "./canvas.module.css";
import { fit } from "./fit";
import type { CanvasNode } from "./nodes";

const quick = { duration: 140 };

export function Tools({ plan }: { plan: PlanView }) {
  const flow = useReactFlow<CanvasNode>();
  const fitKey = useActionKey("canvas.fit");
  const layoutKey = useActionKey("canvas.layout");
  return (
    <div className={styles.tools}>
      <IconButton
        look="normal"
        icon={<Plus size={15} />}
        label="Zoom in"
        side="top"
        onClick={() => flow.zoomIn(quick)}
      />
      <IconButton
        look="normal"
        icon={<Minus size={15} />}
        label="Zoom out"
        side="top"
        onClick={() => flow.zoomOut(quick)}
      />
      <IconButton
        look="normal"
        icon={<Maximize size={14} />}
        label="Zoom to fit"
        keyHint={fitKey}
        side="top"
        data-testid={testIds.zoomToFit}
        onClick={() => flow.fitView({ ...fit, ...quick })}
      />
      <IconButton
        look="normal"
        icon={<Workflow size={14} />}
        label="Arrange all tasks"
        keyHint={layoutKey}
        side="top"
        disabled={plan.tasks.length === 0}
        data-testid={testIds.autoLayout}
        onClick={() => runAction("canvas.layout")}
      />
    </div>
  );
}
