import { Button } from "../../components/Button";
import { EmptyState } from "../../components/EmptyState";
import type { DiffScope } from "../../ipc/bindings/DiffScope";
import styles from "./Review.module.css";

type NoChangesProps = { scope: DiffScope; filtered: boolean; onBranch: () => void; onClear: () => void };

const nothing: Record<DiffScope, { title: string; why: string }> = {
  branch: { title: "No files changed yet", why: "What the agent commits appears here." },
  since_review: {
    title: "Nothing changed since the last review",
    why: "The head is the one that was reviewed.",
  },
  last_run: { title: "The last run committed nothing", why: "Its head is where the run before it ended." },
  uncommitted: { title: "Nothing is uncommitted", why: "The worktree holds exactly what its head has." },
};

/** Why there is no diff to show, and the way to one. */
export function NoChanges({ scope, filtered, onBranch, onClear }: NoChangesProps) {
  if (filtered) {
    return (
      <div className={styles.nothing} data-beside>
        <EmptyState
          title="No file matches the filter"
          actions={<Button onClick={onClear}>Clear the filter</Button>}
        />
      </div>
    );
  }
  return (
    <div className={styles.nothing}>
      <EmptyState
        title={nothing[scope].title}
        actions={scope !== "branch" && <Button onClick={onBranch}>Show the whole branch</Button>}
      >
        {nothing[scope].why}
      </EmptyState>
    </div>
  );
}
