import { shortId } from "../lib/format";
import styles from "./CopyId.module.css";
import { Tooltip } from "./Tooltip";
import { toast, toastError } from "./toast";

/** A commit, branch or path: mono, short, one click copies all of it. */
export function CopyId({ id, show }: { id: string; show?: string }) {
  return (
    <Tooltip text={`Copy ${id}`}>
      <button
        type="button"
        className={styles.id}
        onClick={(e) => {
          e.stopPropagation();
          navigator.clipboard
            .writeText(id)
            .then(() => toast({ tone: "quiet", message: `Copied ${show ?? shortId(id)}` }))
            .catch(toastError);
        }}
      >
        {show ?? shortId(id)}
      </button>
    </Tooltip>
  );
}
