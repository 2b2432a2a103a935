import { X } from "lucide-react";
import { useEffect } from "react";
import { IconButton } from "../../../components/Button";
import { StatusShape } from "../../../components/StatusShape";
import { testIds } from "../../../testids";
import styles from "./canvas.module.css";

export interface Refusal {
  message: string;
  hint: string | null;
}

/** Why an edge was refused, in the engine's words: a cycle names itself. */
export function CycleNote({ refusal, onClose }: { refusal: Refusal; onClose: () => void }) {
  useEffect(() => {
    const timer = setTimeout(onClose, 12_000);
    return () => clearTimeout(timer);
  }, [onClose]);
  return (
    <div className={styles.cycle} role="alert" data-testid={testIds.cycleNote}>
      <StatusShape shape="cross" hue="fail" />
      <div data-selectable>
        <div>{refusal.message}</div>
        {refusal.hint && <div className="quiet">{refusal.hint}</div>}
      </div>
      <IconButton size="small" icon={<X size={14} />} label="Dismiss" onClick={onClose} />
    </div>
  );
}
